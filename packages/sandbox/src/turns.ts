/** How long a statement waits behind a transaction that runs nothing, before that is taken for a deadlock. */
const DEADLOCK_MS = 2_000
const LOOK_EVERY_MS = 50

/** One piece of work on a connection: a statement, or a transaction with all its statements. */
export type Turn = { isTransaction: boolean; running: number; lastAt: number }

/** Work that runs one piece after the other, in the order in which it came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()
  #current: Turn | undefined
  #pending = 0
  #transactions = 0
  #isAbandoned = false

  /** How many pieces are waiting or running. */
  get pending(): number {
    return this.#pending
  }

  /** The piece that runs now. */
  get current(): Turn | undefined {
    return this.#current
  }

  /** Resolves when everything that has been asked for has ended. */
  get ended(): Promise<unknown> {
    return this.#last
  }

  /** Gives up what is waiting: what it waits for will not end. */
  abandon(): void {
    this.#isAbandoned = true
  }

  /**
   * Runs `work` when its turn comes. `deadlocked` makes the error for work that waits for a transaction which runs no
   * statement for two seconds: most likely that transaction waits for this work.
   */
  async run<T>(
    isTransaction: boolean,
    work: (turn: Turn) => Promise<T>,
    deadlocked: () => Error,
  ): Promise<T> {
    const isBehind = this.#transactions > 0
    const turn: Turn = { isTransaction, running: 0, lastAt: performance.now() }
    let isGivenUp = false
    this.#pending++
    if (isTransaction) this.#transactions++
    const result = this.#last.then(async () => {
      if (isGivenUp) throw deadlocked()
      this.#current = turn
      try {
        return await work(turn)
      } finally {
        this.#current = undefined
      }
    })
    this.#last = result.catch(() => {})
    const over = () => {
      this.#pending--
      if (isTransaction) this.#transactions--
    }
    result.then(over, over)
    if (!isBehind) return result
    return Promise.race([
      result,
      this.#watch(result, turn, () => {
        isGivenUp = true
        return deadlocked()
      }),
    ])
  }

  #watch(result: Promise<unknown>, turn: Turn, giveUp: () => Error): Promise<never> {
    return new Promise((_, reject) => {
      const timer = setInterval(() => {
        const ahead = this.#current
        if (ahead === turn || !ahead?.isTransaction || ahead.running > 0) return
        if (performance.now() - ahead.lastAt < DEADLOCK_MS && !this.#isAbandoned) return
        clearInterval(timer)
        reject(giveUp())
      }, LOOK_EVERY_MS)
      const stop = () => clearInterval(timer)
      result.then(stop, stop)
    })
  }
}

/** Runs a statement of a turn that is a transaction, and notes on the turn that one is running. */
export async function during<T>(turn: Turn, statement: () => Promise<T>): Promise<T> {
  turn.running++
  try {
    return await statement()
  } finally {
    turn.running--
    turn.lastAt = performance.now()
  }
}

/** Whether `work` settles within `patience` milliseconds. */
export async function isOver(work: Promise<unknown>, patience: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, patience, false)
  })
  const over = work.then(
    () => true,
    () => true,
  )
  return Promise.race([over, late]).finally(() => clearTimeout(timer))
}
