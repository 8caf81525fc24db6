import { AppError } from '../errors.ts'

/** Who asks, the most urgent first: a place or a session that the account knows, a stranger, a registration. */
const KINDS = ['known', 'stranger', 'registration'] as const

/** A request's turn in a queue. `block` is what its address counts as; nobody needs the result once `signal` has aborted. */
export type Turn = { kind: (typeof KINDS)[number]; block: string; signal?: AbortSignal | undefined }

type Waiting = Map<Turn, { resolve: (refusal: unknown) => void; since: number }>

// A third of the time that a request has: whoever waits longer may not live to see the result.
const LATE_MS = 2_000

/** How many tasks run at once, and how many more wait. Registrations get at most half of each. */
export type QueueLimits = { running: number; waiting: number }

/**
 * Makes a queue for work that takes a core. It returns what its task returns. The next task is one of the most urgent kind,
 * and of the address that has the fewest before it, so that a flood waits behind everybody else. Among equals it is the oldest;
 * the newest once somebody has waited for two seconds, since work for those who are about to be refused is work for nobody. A
 * full queue refuses the task that would run last. Throws `unavailable` for a refused task, and the reason of an aborted `signal`: before the task, which
 * then never runs, and after it, so that nothing more is done for a request that is over.
 */
export function fairQueue(limits: QueueLimits) {
  const running: Turn[] = []
  const waiting: Waiting = new Map() // in the order of arrival

  const isFree = ({ kind }: Turn) =>
    running.length < limits.running &&
    (kind !== 'registration' || registrations(running) < limits.running / 2)
  const isOverfull = () =>
    waiting.size > limits.waiting || registrations([...waiting.keys()]) > limits.waiting / 2

  function settle(turn: Turn, refusal: unknown): void {
    const entry = waiting.get(turn)
    waiting.delete(turn)
    entry?.resolve(refusal)
  }

  function startNext(): void {
    const next = inOrder(running, waiting).find(isFree)
    if (!next) return
    running.push(next)
    settle(next, null)
  }

  async function untilStarted(turn: Turn): Promise<void> {
    const leave = () => settle(turn, turn.signal?.reason)
    turn.signal?.addEventListener('abort', leave)
    const refusal = await new Promise((resolve) => {
      waiting.set(turn, { resolve, since: performance.now() })
      const last = isOverfull() && inOrder(running, waiting).at(-1)
      if (last) settle(last, busy())
    })
    turn.signal?.removeEventListener('abort', leave)
    if (refusal) throw refusal
  }

  return async function inTurn<T>(asked: Turn, task: () => Promise<T>): Promise<T> {
    const turn = { ...asked } // one request may ask several times
    turn.signal?.throwIfAborted()
    if (isFree(turn)) running.push(turn)
    else await untilStarted(turn)
    try {
      const result = await task()
      turn.signal?.throwIfAborted()
      return result
    } finally {
      running.splice(running.indexOf(turn), 1)
      startNext()
    }
  }
}

const registrations = (turns: Turn[]): number => turns.filter(({ kind }) => kind === 'registration').length

/** The waiting turns in the order in which they should run: by kind, then by how many of the same address come first. */
function inOrder(running: Turn[], waiting: Waiting): Turn[] {
  const [oldest] = waiting.values()
  const isLate = oldest !== undefined && performance.now() - oldest.since > LATE_MS
  const turns = [...waiting.keys()]
  const before = new Map<string, number>()
  const count = ({ kind, block }: Turn) => {
    const found = before.get(`${kind} ${block}`) ?? 0
    before.set(`${kind} ${block}`, found + 1)
    return found
  }
  running.forEach(count)
  return (isLate ? turns.reverse() : turns)
    .map((turn) => ({ turn, kind: KINDS.indexOf(turn.kind), before: count(turn) }))
    .sort((a, b) => a.kind - b.kind || a.before - b.before) // stable
    .map(({ turn }) => turn)
}

const busy = () =>
  new AppError('unavailable', 'The server is busy; try again in a few seconds.', { retryAfter: 2 })
