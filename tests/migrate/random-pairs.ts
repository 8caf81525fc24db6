import { chanceOf } from './chance.ts'
import { CHANGES } from './random-changes.ts'
import type { Spec } from './random-models.ts'

/** Two specs, the renames between them as the tool takes them, and what was changed. */
export type Pair = { seed: number; before: Spec; after: Spec; renames: string[]; changes: string[] }

/** The pair of a number: the same number makes the same pair. */
export function randomPair(seed: number): Pair {
  const chance = chanceOf(seed)
  const before: Spec = { enums: [], tables: [] }
  const make = (name: string, spec: Spec) => CHANGES[name]?.(spec, chance) ?? false
  for (let n = chance.below(3); n > 0; n--) make('addEnum', before)
  for (let n = 1 + chance.below(3); n > 0; n--) make('addTable', before)
  for (let n = chance.below(15); n > 0; n--) make(chance.pick(Object.keys(CHANGES)), before)

  const after = structuredClone(before)
  const changes: string[] = []
  for (let n = 1 + chance.below(6); n > 0; ) {
    const name = chance.pick(Object.keys(CHANGES))
    if (!make(name, after)) continue
    changes.push(name)
    n--
  }
  return { seed, before, after, renames: renamesBetween(before, after), changes }
}

function renamesBetween(before: Spec, after: Spec): string[] {
  return [
    ...renamed(before.enums, after.enums).map(([from, to]) => `${from.name}:${to.name}`),
    ...renamed(before.tables, after.tables).map(([from, to]) => `${from.name}:${to.name}`),
    ...before.tables.flatMap((table) => {
      const columns = after.tables.find(({ id }) => id === table.id)?.columns ?? []
      return renamed(table.columns, columns)
        .filter(([from, to]) => from.kind !== 'generated' && to.kind !== 'generated')
        .map(([from, to]) => `${table.name}.${from.name}:${to.name}`)
    }),
  ]
}

function renamed<T extends { id: string; name: string }>(before: T[], after: T[]): [T, T][] {
  return before.flatMap((from): [T, T][] => {
    const to = after.find(({ id }) => id === from.id)
    return to && to.name !== from.name ? [[from, to]] : []
  })
}
