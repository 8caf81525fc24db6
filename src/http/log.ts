import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { Config } from '../config.ts'
import { clientOf } from './client.ts'
import type { Env } from './env.ts'
import { type Reason, reasonOf } from './reason.ts'

/**
 * Writes one line a request, and one for each event of security: method, route (its pattern, so no id), status, milliseconds,
 * request id, the caller's id, what the request waited for, and why it failed. Never a body, a query or a token, nor the
 * values that a fault was about. docs/operations.md explains each field.
 */
export const logRequests = createMiddleware<Env>(async (c, next) => {
  const { log } = c.env.config
  if (log === 'off') return next()
  const start = performance.now()
  await next()
  const { work } = c.var as Partial<Env['Variables']> // a request that is refused early has none
  const status = c.res.status
  const entry: Entry = {
    time: new Date().toISOString(),
    method: c.req.method,
    route: routePath(c, -1),
    status,
    ms: rounded(performance.now() - start),
    requestId: c.var.requestId,
    ...traceOf(c.req.header('traceparent')),
    ...(work?.callerId && { user: work.callerId }),
    ...(work && Object.keys(work.waited).length > 0 && { waited: waitedOf(work.waited) }),
    ...(c.error && status >= 400 && reasonOf(c.error, status, work)),
  }
  console.log(log === 'json' ? JSON.stringify(entry) : pretty(entry))
  const events = status === 429 ? [...(work?.events ?? []), { event: 'limited' }] : (work?.events ?? [])
  for (const { event, ...fields } of events) logEvent(log, event, { ...securityFields(c), ...fields })
})

/** Writes a line about something else than a request. */
export function logEvent(log: Config['log'], event: string, fields: Record<string, unknown> = {}): void {
  if (log === 'off') return
  const entry = { time: new Date().toISOString(), event, ...fields }
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${value}`)
  console.log(log === 'json' ? JSON.stringify(entry) : [entry.time.slice(11, 19), event, ...rest].join(' '))
}

const securityFields = (c: Context<Env>) => ({
  requestId: c.var.requestId,
  route: routePath(c, -1),
  ip: clientOf(c).ip,
})

type Entry = Reason & {
  time: string
  method: string
  route: string
  status: number
  ms: number
  requestId: string
  trace?: string
  user?: number
  waited?: Record<string, number>
}

// The id of the trace that a proxy or a caller began (W3C Trace Context, section 3.2); no trace has the id 0.
function traceOf(traceparent = ''): { trace?: string } {
  const [, trace] = /^[\da-f]{2}-(?!0{32})([\da-f]{32})-[\da-f]{16}-[\da-f]{2}(-|$)/.exec(traceparent) ?? []
  return trace ? { trace } : {}
}

const rounded = (ms: number) => Math.round(ms * 10) / 10

const waitedOf = (waited: object) =>
  Object.fromEntries(Object.entries(waited).map(([stage, ms]) => [stage, rounded(ms)]))

const COLOURS: Record<string, string> = { 2: '32', 3: '36', 4: '33', 5: '31' }

function pretty({ time, method, route, status, ms, requestId, problem, stage, fault }: Entry): string {
  const colour = COLOURS[String(status).charAt(0)] ?? '0'
  const why = [problem, stage && `(${stage})`].filter(Boolean).join(' ')
  const line = `${time.slice(11, 19)} \x1b[${colour}m${status}\x1b[0m ${method.padEnd(6)} ${route} \x1b[2m${ms} ms ${requestId}\x1b[0m ${why}`
  return fault ? `${line.trimEnd()}\n${fault}` : line.trimEnd()
}
