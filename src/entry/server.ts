import { app } from '../app.ts'
import { type Config, loadConfig } from '../config.ts'
import type { Connection } from '../db/db.ts'
import { FOR_READINESS, FOR_REQUESTS, type Limits } from '../db/limits.ts'
import { newestMigration } from '../db/migration.ts'
import { findObstacle } from '../db/obstacle.ts'
import { explainForgetfulness } from '../db/pooler.ts'
import { explainRefusal } from '../db/sql-error.ts'
import { AppError } from '../errors.ts'
import { logEvent } from '../http/log.ts'
import { mailerOf } from '../mail/deliveries.ts'
import type { Mailer } from '../mail/outbox.ts'
import { startDeliveries } from './deliveries.ts'
import { sweepHourly } from './housekeeping.ts'
import { describeUncaught } from './last-resort.ts'

/** Answers one request; `ip` is the address of the connection's other end. */
export type Handler = (request: Request, ip: string | undefined) => Response | Promise<Response>

/** What a runtime provides where the app is a process that listens on a port. */
export type Runtime = {
  env: Record<string, string | undefined>
  isTerminal: boolean
  connect: (url: string, limits: Limits) => Connection
  /** Listens where `config` says; `stop` takes no new requests and resolves when those in progress are answered. */
  listen: (config: Config, handler: Handler) => { url: string; stop: () => Promise<void> }
  /** Calls `listener` at each signal to stop, the first and any further one. */
  onStopSignal: (listener: () => void) => void
  /** Calls `listener` for each error that nothing caught, in place of ending the process. */
  onUncaught: (listener: (error: unknown) => void) => void
  exit: (code: number) => never
}

// Enough for a body and the work on it, which have seven seconds each.
const STOP_WITHIN_MS = 15_000

// No balancer watches whoever is at a terminal, and nobody wants to wait there.
const AT_A_TERMINAL = { LOG: 'pretty', DRAIN_SECONDS: '0' }

/** Runs the app until the process is told to stop. A start that fails prints one sentence and exits with code 1. */
export async function serve(runtime: Runtime): Promise<void> {
  // One broken connection must not end all requests: whoever awaited it has got its error already.
  runtime.onUncaught((error) => console.error(describeUncaught(error)))
  try {
    await start(runtime, loadConfig({ ...(runtime.isTerminal && AT_A_TERMINAL), ...runtime.env }))
  } catch (error) {
    console.error(`Hearth can't start. ${reasonOf(error)}`)
    runtime.exit(1)
  }
}

async function start(
  { isTerminal, connect, listen, onStopSignal, exit }: Runtime,
  config: Config,
): Promise<void> {
  const { db, close } = connect(config.databaseUrl, FOR_REQUESTS)
  const { db: probe, close: closeProbe } = connect(config.databaseUrl, FOR_READINESS)
  const migration = newestMigration
  // A wrong DATABASE_URL or an old schema should stop the start, not fail every request. Read-only may be a failover in progress.
  const obstacle = await findObstacle(probe, migration)
  const advice = await explainForgetfulness(probe, config.databaseUrl)
  if (advice) throw new AppError('unavailable', advice)
  if (obstacle?.code === 'behind') throw new AppError('unavailable', obstacle.advice)
  const warnOfProxy = proxyWarning(config)
  const stopSweeping = sweepHourly(db)
  let isStopping = false
  const services = { db, probe, config, migration, isDraining: () => isStopping }
  const { url, stop } = listen(config, async (request, ip) => {
    warnOfProxy(request)
    const response = await app.fetch(request, { ...services, ip, deliver: deliveries.wake })
    if (isStopping) response.headers.set('Connection', 'close') // or a client's next request meets a closed door
    return response
  })
  const deliveries = startDeliveries(db, mailerOf(config, { smtp }), `${config.appUrl ?? url}/account`)
  console.error(isTerminal ? banner(url) : `Hearth is up at ${url}`)
  logEvent(config.log, 'started', { url, runtime: navigator.userAgent })
  onStopSignal(async () => {
    if (isStopping) return // a second signal must not cut what the first one lets finish
    isStopping = true
    logEvent(config.log, 'draining', { seconds: config.drainSeconds })
    await new Promise((resolve) => setTimeout(resolve, config.drainSeconds * 1000))
    setTimeout(() => end(1), STOP_WITHIN_MS)
    stopSweeping()
    await stop()
    await deliveries.stop()
    await Promise.all([close(), closeProbe()])
    end(0)
  })
  const end = (code: number) => {
    logEvent(config.log, 'stopped', { code })
    exit(code)
  }
}

// Loaded with the first mail: most installations send none over SMTP, and all want to start at once.
function smtp(settings: { url: string; from: string }): Mailer {
  let mailer: Mailer | undefined
  return async (message, signal) => {
    mailer ??= (await import('../mail/smtp.ts')).smtpMailer(settings)
    await mailer(message, signal)
  }
}

/** Returns a function that says once that a proxy names its clients while no setting tells the app to read their addresses. */
function proxyWarning({ clientIpHeader }: Config): (request: Request) => void {
  let isDone = clientIpHeader !== undefined
  return ({ headers }) => {
    const header = isDone ? undefined : FORWARDING.find((name) => headers.has(name))
    if (!header) return
    isDone = true
    console.error(
      `A request came with ${header}, which is ignored: if your proxy sent it, set CLIENT_IP_HEADER, or all clients share the proxy's address and its limits.`,
    )
  }
}

const FORWARDING = ['X-Forwarded-For', 'Forwarded', 'X-Real-IP']

function banner(url: string): string {
  return `
  Hearth is up at ${url}

    API docs   ${url}/docs
    Health     ${url}/ready

  Try:  curl ${url}/users -H 'Content-Type: application/json' -d '{"username":"alice","password":"correct horse"}'
`
}

function reasonOf(error: unknown): string {
  const { code } = error as { code?: string }
  if (error instanceof AppError && error.code === 'misconfigured')
    return `${error.message} (.env.example describes every variable.)`
  if (error instanceof AppError) return error.message
  if (code === 'EADDRINUSE')
    // Bun reports an unknown host as this, too
    return 'Its port is in use, or HOST is not an address of this machine; set PORT or HOST to another one.'
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
    return 'It may not listen there; set HOST and PORT to others.'
  return explainRefusal(error) ?? String(error)
}
