import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { Config } from '../config.ts'
import { explainRefusal, queryFault, sqlError } from '../db/sql-error.ts'
import { AppError } from '../errors.ts'
import type { Env } from './env.ts'

/**
 * Writes one line a request: method, route (its pattern, so no id), status, milliseconds and request id; never a body, a query
 * or a token. What the app did not foresee comes with the name and the place of the fault, without the values it was about.
 */
export const logRequests = createMiddleware<Env>(async (c, next) => {
  const { log } = c.env.config
  if (log === 'off') return next()
  const start = performance.now()
  await next()
  const entry = {
    time: new Date().toISOString(),
    method: c.req.method,
    route: routePath(c, -1),
    status: c.res.status,
    ms: Math.round((performance.now() - start) * 10) / 10,
    requestId: c.var.requestId,
    ...(c.error && c.res.status >= 500 && { fault: describeFault(c.error) }),
  }
  console.log(log === 'json' ? JSON.stringify(entry) : pretty(entry))
})

type Entry = {
  time: string
  method: string
  route: string
  status: number
  ms: number
  requestId: string
  fault?: string
}

const COLOURS: Record<string, string> = { 2: '32', 3: '36', 4: '33', 5: '31' }

function pretty({ time, method, route, status, ms, requestId, fault }: Entry): string {
  const colour = COLOURS[String(status).charAt(0)] ?? '0'
  const line = `${time.slice(11, 19)} \x1b[${colour}m${status}\x1b[0m ${method.padEnd(6)} ${route} \x1b[2m${ms} ms ${requestId}\x1b[0m`
  return fault ? `${line}\n${fault}` : line
}

// Messages of the database quote the values of rows and parameters, so only codes and our own advice are logged.
function describeFault(thrown: Error): string {
  const cause = queryFault(thrown)
  if (cause instanceof AppError) return cause.extras.reason ?? cause.message
  const sql = sqlError(thrown)
  if (sql) {
    const advice = explainRefusal(thrown)
    return `SQLSTATE ${sql.state}${sql.constraint ? ` (${sql.constraint})` : ''}${advice ? `: ${advice}` : ''}`
  }
  if (cause !== thrown) return `database: ${(cause as { code?: unknown } | undefined)?.code ?? 'no answer'}`
  return thrown.stack ?? thrown.name
}

/** Writes a line about something else than a request. */
export function logEvent(log: Config['log'], event: string, fields: Record<string, unknown> = {}): void {
  if (log === 'off') return
  const entry = { time: new Date().toISOString(), event, ...fields }
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${value}`)
  console.log(log === 'json' ? JSON.stringify(entry) : [entry.time.slice(11, 19), event, ...rest].join(' '))
}
