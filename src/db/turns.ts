type Waiter = { admit: () => void }

/** A number of turns that are handed out in the order of asking. */
export class Turns {
  readonly #size: number
  readonly #waiting = new Set<Waiter>()
  #free: number
  #round = 0

  constructor(size: number) {
    this.#size = size
    this.#free = size
  }

  /** How many turns are taken, and how many callers wait for one. */
  get load(): { taken: number; waiting: number } {
    return { taken: this.#size - this.#free, waiting: this.#waiting.size }
  }

  /**
   * Resolves with the function that gives the turn back, and rejects with what `refuse` returns when none was free within `ms`
   * or when `signal` aborts.
   */
  async take(ms: number, signal: AbortSignal | undefined, refuse: () => Error): Promise<() => void> {
    if (this.#free > 0) this.#free--
    else await this.#wait(ms, signal, refuse)
    const round = this.#round
    return () => {
      if (round === this.#round) this.#free++
      this.#admit()
    }
  }

  /** Takes all turns back: those that are out now count no more. */
  reset(): void {
    this.#round++
    this.#free = this.#size
    this.#admit()
  }

  #admit(): void {
    for (const waiter of this.#waiting) {
      if (this.#free === 0) return
      this.#free--
      this.#waiting.delete(waiter)
      waiter.admit()
    }
  }

  async #wait(ms: number, signal: AbortSignal | undefined, refuse: () => Error): Promise<void> {
    const turn = Promise.withResolvers<void>()
    const waiter = { admit: turn.resolve }
    const giveUp = () => {
      if (this.#waiting.delete(waiter)) turn.reject(refuse())
    }
    const timer = setTimeout(giveUp, ms)
    signal?.addEventListener('abort', giveUp)
    this.#waiting.add(waiter)
    try {
      await turn.promise
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
    }
  }
}
