import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { knownPlaces, oneTimeTokens, rateLimits, sessions } from '../src/access/table.ts'
import { app } from '../src/app.ts'
import type { Db } from '../src/db/db.ts'
import { tables } from '../src/db/table.ts'
import { operationsOf } from '../src/http/operations.ts'
import { users } from '../src/identity/table.ts'
import { mails } from '../src/mail/table.ts'
import { promoteUser } from '../src/users/operator.ts'
import { committed, db, hasTransactions } from './support/db.ts'
import { PASSWORD, signedIn } from './support/factories.ts'
import { call, services } from './support/http.ts'

// Every table that requests read gets this many rows of others, in every state that rows can have.
const FILL = [
  sql`insert into ${users} (username, email, password_hash)
    select 'filler-' || n, 'filler-' || n || '@example.org', 'x' from generate_series(1, 100000) n`,
  sql`insert into ${sessions} (user_id, token_digest, expires_at)
    select ${users.id}, md5(${users.id}::text), now() + (${users.id} % 90 - 30) * interval '1 day' from ${users}`,
  sql`insert into ${knownPlaces} (user_id, block, expires_at)
    select ${users.id}, '10.0.0.' || ${users.id} % 250, now() + (${users.id} % 400 - 100) * interval '1 day' from ${users}`,
  sql`insert into ${rateLimits} (key, spent_until)
    select 'name:' || md5(n::text), now() + (n % 7200 - 7000) * interval '1 second' from generate_series(1, 100000) n`,
  sql`insert into ${oneTimeTokens} (user_id, purpose, digest, sent_to, expires_at)
    select ${users.id}, 'email_verification', md5(${users.id}::text), ${users.email}, now() from ${users}`,
  sql`insert into ${mails} (kind, user_id, address, created_at)
    select 'email_verification', ${users.id}, ${users.email}, now() from ${users}`,
  sql`analyze`,
]

type Actor = { id: number; token: string; username: string; on: Db }
type Ask = (request: `${string} /${string}`, body?: object, ip?: string) => ReturnType<typeof call>

let sequence = 0
const password = PASSWORD
const currentSession = async (ask: Ask) => (await ask('GET /sessions')).body.items[0].id

/** One request for each operation, some with the variants that have other plans. */
const REQUESTS: Record<string, (ask: Ask, actor: Actor) => Promise<unknown>> = {
  'POST /users': (ask) =>
    ask('POST /users', { username: `new-${++sequence}`, password, email: `n${sequence}@example.org` }),
  async 'GET /users'(ask) {
    for (const sort of ['id', '-id', 'username', '-username', 'createdAt', '-createdAt']) {
      const { nextCursor } = (await ask(`GET /users?limit=5&sort=${sort}`)).body
      await ask(`GET /users?limit=5&sort=${sort}&cursor=${nextCursor}`)
    }
    for (const filter of [
      'q=filler-77777',
      'q=filler-',
      'email=filler-7@example.org',
      'suspended=true',
      'role=admin',
    ])
      await ask(`GET /users?limit=5&${filter}`)
  },
  'GET /users/:id': (ask, { id }) => ask(`GET /users/${id}`),
  'PATCH /users/:id': (ask, { id }) =>
    ask(`PATCH /users/${id}`, { email: `changed-${++sequence}@example.org` }),
  'DELETE /users/:id': async (ask, { on }) => ask(`DELETE /users/${(await signedIn(undefined, on)).user.id}`),
  'GET /me': (ask) => ask('GET /me'),
  'PATCH /me': (ask) => ask('PATCH /me', { email: `changed-${++sequence}@example.org` }),
  'DELETE /me': async (_, { on }) => {
    const { token } = await signedIn(undefined, on)
    return call('DELETE /me', { token, with: { ...services(), db: on } })
  },
  'PUT /me/password': (ask) => ask('PUT /me/password', { currentPassword: password, newPassword: password }),
  async 'POST /sessions'(ask, { username }) {
    await ask('POST /sessions', { username, password })
    await ask('POST /sessions', { username, password: 'wrong' }, '203.0.113.1')
    await ask('POST /sessions', { username: 'nobody', password: 'wrong' }, '203.0.113.1')
  },
  'GET /sessions': (ask) => ask('GET /sessions'),
  'DELETE /sessions/current': async (_, { on }) => {
    const { token } = await signedIn(undefined, on)
    return call('DELETE /sessions/current', { token, with: { ...services(), db: on } })
  },
  'DELETE /sessions/:id': async (ask) => ask(`DELETE /sessions/${await currentSession(ask)}`),
  'DELETE /sessions': async (_, { on }) => {
    const { token } = await signedIn(undefined, on)
    return call('DELETE /sessions', { token, with: { ...services(), db: on } })
  },
}

Object.assign(REQUESTS, {
  'POST /me/email-verification': (ask) => ask('POST /me/email-verification'),
  async 'POST /password-resets'(ask, { username }) {
    await ask('POST /password-resets', { username })
    await ask('POST /password-resets', { username: 'filler-77@example.org' }, '203.0.113.2')
  },
  'POST /users/:id/password-reset': (ask, { id }) => ask(`POST /users/${id}/password-reset`),
  async 'PUT /password-resets/:token'(ask, { on }) {
    const { user } = await signedIn(undefined, on)
    const { token } = (await ask(`POST /users/${user.id}/password-reset`)).body
    await ask(`PUT /password-resets/${token}`, { newPassword: password })
    await ask(`PUT /password-resets/${'A'.repeat(43)}`, { newPassword: password })
  },
  'GET /me/export': (ask) => ask('GET /me/export'),
  'GET /users/:id/sessions': (ask, { id }) => ask(`GET /users/${id}/sessions`),
  'DELETE /users/:id/sessions': async (ask, { on }) =>
    ask(`DELETE /users/${(await signedIn(undefined, on)).user.id}/sessions`),
  async 'DELETE /users/:id/sessions/:sessionId'(ask, { on }) {
    const path = `/users/${(await signedIn(undefined, on)).user.id}/sessions` as const
    await ask(`DELETE ${path}/${(await ask(`GET ${path}`)).body.items[0].id}`)
  },
  async 'POST /sessions/current/confirmation'(_, { on }) {
    const { token } = await signedIn(undefined, on)
    await call('POST /sessions/current/confirmation', {
      token,
      body: { password },
      with: { ...services(), db: on },
    })
  },
  'PUT /email-verifications/:token': (ask) => ask(`PUT /email-verifications/${'A'.repeat(43)}`),
} satisfies typeof REQUESTS)

/** Operations that ask no table: the docs page's files as well. */
const WITHOUT_TABLES = ['GET /health', 'GET /ready', 'GET /openapi.json']

/** Whole-table reads that are meant. */
const LISTED_SCANS: string[] = []

// A page of 5, twelve times, and a few rows around each.
const MOST_ROWS = 500

test('every operation that asks a table has a request here', () => {
  const operations = operationsOf(app as never).map(({ method, path }) => `${method} ${path}`)
  const ours = operations.filter((it) =>
    /^\S+ \/(users|me|sessions|password-resets|email-verifications|health|ready|openapi)/.test(it),
  ) // a clone adds its own
  expect(ours.sort()).toEqual([...Object.keys(REQUESTS), ...WITHOUT_TABLES].sort())
})

test.skipIf(!hasTransactions)(
  'no request reads a whole table of 100,000 rows, nor many rows by an index',
  () =>
    committed(() =>
      db.transaction(async (tx) => {
        for (const statement of FILL) await tx.execute(statement)
        const { user, token } = await signedIn(undefined, tx)
        await promoteUser(tx, user.id)
        const ask: Ask = (request, body, ip = '192.0.2.1') =>
          call(request, { body, token, with: { ...services(), db: tx, ip } })
        const broken: string[] = []
        for (const [operation, request] of Object.entries(REQUESTS)) {
          // The driver may plan the sixth run of a statement for any parameters instead of these.
          for (let run = 0; run < 7; run++) {
            const before = await readsOf(tx)
            await request(ask, { id: user.id, token, username: user.username, on: tx })
            for (const [table, { scans, rows }] of Object.entries(await readsOf(tx))) {
              const scanned = scans - (before[table]?.scans ?? 0)
              const read = rows - (before[table]?.rows ?? 0)
              if (scanned > 0 || read > MOST_ROWS)
                broken.push(`${operation} run ${run}: ${table}, ${scanned} scans, ${read} rows`)
            }
          }
        }
        expect(broken).toEqual(LISTED_SCANS)
      }),
    ),
  120_000, // filling the tables takes seconds on a busy machine
)

async function readsOf(tx: Db): Promise<Record<string, { scans: number; rows: number }>> {
  const found = await tx
    .select({
      table: sql<string>`relname`,
      scans: sql<number>`seq_scan::int`,
      rows: sql<number>`(seq_tup_read + coalesce(idx_tup_fetch, 0))::int`,
    })
    .from(sql`pg_stat_xact_user_tables`)
  expect(found.length).toBeGreaterThanOrEqual(tables.length)
  return Object.fromEntries(found.map(({ table, ...reads }) => [table, reads]))
}
