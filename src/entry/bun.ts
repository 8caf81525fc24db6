import { app } from '../app.ts'
import { type Config, loadConfig } from '../config.ts'
import { connect } from '../db/bun-sql.ts'
import { sqlError } from '../db/sql-error.ts'
import { AppError } from '../errors.ts'

const STOP_WITHIN_MS = 10_000

try {
  await start(loadConfig({ LOG: process.stdout.isTTY ? 'pretty' : 'json', ...process.env }))
} catch (error) {
  console.error(explain(error))
  process.exit(1)
}

async function start(config: Config): Promise<void> {
  const { db, close } = connect(config.databaseUrl)
  await db.execute('select 1') // a wrong DATABASE_URL should stop the start, not fail every request
  const server = Bun.serve({
    hostname: config.host,
    port: config.port,
    fetch: (request, server) => app.fetch(request, { db, config, ip: server.requestIP(request)?.address }),
  })
  console.error(banner(server.url))

  const stop = async () => {
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref()
    await server.stop() // takes no new requests and finishes those it has
    await close()
    process.exit(0)
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

function banner(url: URL): string {
  return `
  Hearth is up at ${url.origin}

    API docs   ${url.origin}/docs
    Health     ${url.origin}/ready

  Try:  curl -s ${url.origin}/users --json '{"username":"alice","password":"correct horse"}'
`
}

function explain(error: unknown): string {
  if (error instanceof AppError)
    return `Hearth can't start: ${error.message} (.env.example describes every variable.)`
  const { code, cause } = error as { code?: string; cause?: { code?: string } }
  if (code === 'EADDRINUSE')
    return `Hearth can't start: port ${process.env.PORT ?? 3000} is in use; set PORT to another one.`
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
    return "Hearth can't start: it may not listen there; set HOST and PORT to others."
  const reason =
    REASONS[sqlError(error)?.state ?? ''] ??
    `the database does not answer (${cause?.code ?? 'no reason given'})`
  return `Hearth can't start: ${reason}; check DATABASE_URL.`
}

const REASONS: Record<string, string> = {
  '28000': 'the database knows no such role',
  '28P01': 'the database refuses the user or the password',
  '3D000': 'the database server has no such database',
}
