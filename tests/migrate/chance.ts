/** Chance that takes the same course for the same seed. */
export type Chance = {
  /** A whole number from 0 to below `limit`. */
  below: (limit: number) => number
  pick: <T>(all: T[]) => T
  /** True once in `n` times. */
  once: (n: number) => boolean
  /** A number that it has not given yet. */
  fresh: () => number
}

/** Makes a `Chance` by Mulberry32, a public-domain generator by Tommy Ettinger. */
export function chanceOf(seed: number): Chance {
  let state = seed
  let count = 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    pick: <T>(all: T[]) => all[below(all.length)] as T,
    once: (n) => below(n) === 0,
    fresh: () => ++count,
  }
}
