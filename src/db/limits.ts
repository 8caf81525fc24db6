/** How large a pool is, and how long a statement may occupy it, in milliseconds. */
export type Limits = {
  /** How many connections it opens at most. */
  size: number
  /** After how many seconds without a statement a connection is closed; 0 for never. */
  idleSeconds: number
  /** How long a statement waits for a connection. */
  turnMs: number
  /** How long a statement waits for a lock that another session holds. */
  lockMs: number
  /** How long a statement runs before the server ends it. */
  statementMs: number
  /** How long the server may take to say that it ended one. Without that word the pool is replaced. */
  silentMs: number
}

/**
 * The pool for requests. The limits leave time for two statements before a request's own deadline, and replace a pool whose
 * connections went dead within five seconds.
 */
export const FOR_REQUESTS: Limits = {
  size: 20,
  idleSeconds: 0,
  turnMs: 3000,
  lockMs: 2000,
  statementMs: 3000,
  silentMs: 1000,
}

/** The pool that only asks whether requests would succeed: they can't starve it, and it looks at the server afresh. */
export const FOR_READINESS: Limits = {
  size: 2,
  idleSeconds: 1,
  turnMs: 1000,
  lockMs: 1000,
  statementMs: 1500,
  silentMs: 500,
}

/**
 * The limits that a server can keep itself, as settings of its sessions. A pooler refuses them, and sessions there belong to
 * nobody.
 */
export function sessionLimits(limits: Limits | undefined, isPooled: boolean): Record<string, string> {
  if (!limits || isPooled) return {}
  return { statement_timeout: `${limits.statementMs}ms`, lock_timeout: `${limits.lockMs}ms` }
}
