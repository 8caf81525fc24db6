import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { chmodSync, chownSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { certificateFor } from '../packages/neon-local/tests/support/certificate.ts'
import { connect as overBun } from '../src/db/bun-sql.ts'
import { FOR_REQUESTS } from '../src/db/limits.ts'
import { explainForgetfulness } from '../src/db/pooler.ts'
import { connect as overPostgresJs } from '../src/db/postgres-js.ts'
import { ownServer, start, untilUp } from './support/processes.ts'

// Servers as they are out there: with certificates, and with poolers in front.

setDefaultTimeout(60_000) // processes start slowly on a busy machine
const ENTRY = 'src/entry/bun.ts'
const server = ownServer()
let url = ''
beforeAll(async () => {
  const { app } = await server.startApp() // migrates the database
  app.kill('SIGTERM')
  await app.exited
  url = (await server.cli('url')).out
})
afterAll(server.remove)

const at = (host: string, parameters: string) =>
  `${Object.assign(new URL(url), { hostname: host }).href}?${parameters}`

/** Starts the app, and returns null once it answers, or why it does not start. */
async function startOn(databaseUrl: string, env: Record<string, string> = {}): Promise<string | null> {
  const child = start(ENTRY, [], { ...env, DATABASE_URL: databaseUrl, PORT: '0' })
  const up = await untilUp(child).catch((error: Error) => error)
  if (up instanceof Error) return up.message
  const { status } = await fetch(`${up.address}/ready`)
  child.kill('SIGTERM')
  await child.exited
  return status === 200 ? null : `/ready answers ${status}`
}

describe('a server with a certificate', () => {
  const certificate = certificateFor('localhost')
  const folder = join(server.env.DATA_DIR, 'postgres/data')

  beforeAll(async () => {
    const { uid, gid } = statSync(folder)
    for (const [name, text] of [
      ['tls.crt', certificate.cert],
      ['tls.key', certificate.key],
    ] as const) {
      await Bun.write(join(folder, name), text)
      chmodSync(join(folder, name), 0o600)
      chownSync(join(folder, name), uid, gid)
    }
    await Bun.write(join(server.folder, 'ca.crt'), certificate.cert)
    await using admin = new Bun.SQL(url, { max: 1 })
    await admin`alter system set ssl_cert_file = 'tls.crt'`
    await admin`alter system set ssl_key_file = 'tls.key'`
    await admin`alter system set ssl = on`
    await admin`select pg_reload_conf()`
    await Bun.sleep(500)
  })

  test('is refused while nothing vouches for the certificate, with what to do', async () => {
    for (const mode of ['require', 'verify-full'])
      expect(await startOn(at('localhost', `sslmode=${mode}`))).toMatch(
        /certificate of the database server is not trusted \(\w+\).*NODE_EXTRA_CA_CERTS.*sslmode=no-verify/,
      )
  })

  test('is let in when its authority is known, under its own name only', async () => {
    const env = { NODE_EXTRA_CA_CERTS: join(server.folder, 'ca.crt') }
    expect(await startOn(at('localhost', 'sslmode=require&channel_binding=require'), env)).toBeNull()
    expect(await startOn(at('127.0.0.1', 'sslmode=require'), env)).toContain('ERR_TLS_CERT_ALTNAME_INVALID')
  })

  test('is let in unverified where the URL says so', async () => {
    expect(await startOn(at('localhost', 'sslmode=no-verify'))).toBeNull()
    for (const connect of [overBun, overPostgresJs]) {
      const { db, close } = connect(at('localhost', 'sslmode=no-verify'), FOR_REQUESTS)
      const query = sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`
      expect([...((await db.execute(query)) as unknown as object[])]).toEqual([{ ssl: true }])
      await close()
    }
  })
})

describe('a transaction pooler', () => {
  test('is known by the settings that it forgets', async () => {
    const advice = 'add pgbouncer=true to the parameters of DATABASE_URL'
    for (const connect of [overBun, overPostgresJs]) {
      const [keeping, forgetful] = [connect(url, FOR_REQUESTS), connect(url)]
      expect(await explainForgetfulness(keeping.db, url)).toBeNull()
      expect(await explainForgetfulness(forgetful.db, url)).toContain(advice)
      expect(await explainForgetfulness(forgetful.db, `${url}?pgbouncer=true`)).toBeNull()
      await Promise.all([keeping.close(), forgetful.close()])
    }
  })

  test.skipIf(!Bun.which('pgbouncer'))('such as PgBouncer works where the URL names it', async () => {
    const { hostname, port, password } = new URL(url)
    const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
    listener.stop(true)
    const settings = join(server.folder, 'pgbouncer.ini')
    await Bun.write(join(server.folder, 'users.txt'), '"postgres" "unused"\n')
    await Bun.write(
      settings,
      `[databases]\n* = host=${hostname} port=${port} user=postgres password=${password}
[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${listener.port}\nunix_socket_dir =\nauth_type = trust
auth_file = ${join(server.folder, 'users.txt')}\npool_mode = transaction\ndefault_pool_size = 3\n`,
    )
    const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
    const pooler = Bun.spawn(['pgbouncer', ...user, settings], { stdio: ['ignore', 'ignore', 'ignore'] })
    await Bun.sleep(500)
    const pooled = Object.assign(new URL(url), { port: String(listener.port) }).href
    for (const connect of [overBun, overPostgresJs]) {
      const { db, close } = connect(`${pooled}?pgbouncer=true`, FOR_REQUESTS)
      const statements = Array.from({ length: 300 }, async (_, n) => {
        const query = n % 2 ? sql`select ${n}::int as n` : sql`select ${n}::int as n, ${'x'}::text`
        return [...((await db.execute(query)) as unknown as { n: number }[])][0]?.n
      })
      expect(await Promise.all(statements)).toEqual(Array.from({ length: 300 }, (_, n) => n))
      await close()
    }
    expect(await startOn(pooled)).toContain('add pgbouncer=true')
    pooler.kill()
    await pooler.exited
  })
})
