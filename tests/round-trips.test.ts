import { afterAll, expect, test } from 'bun:test'
import { startNeonLocal } from '@hearth/neon-local'
import { neonConfig } from '@neondatabase/serverless'
import { eq } from 'drizzle-orm'
import { storeToken } from '../src/access/one-time.ts'
import { newToken } from '../src/access/token.ts'
import { app } from '../src/app.ts'
import { connect } from '../src/db/neon.ts'
import { users } from '../src/identity/table.ts'
import { signIn } from '../src/sessions/sign-in.ts'
import { promoteUser } from '../src/users/operator.ts'
import { createUser } from '../src/users/service.ts'
import { freshDatabase } from './support/fresh-database.ts'
import { call, config, services } from './support/http.ts'

// The table that people read is the one that is tested: rows such as | `GET /me` | 1 |
const document = await Bun.file('docs/edge.md').text()
const ROUND_TRIPS = [...document.matchAll(/^\| `([A-Z]+ \/\S*)` \| (\d) \|/gm)].map(
  ([, endpoint = '', count]) => [endpoint, Number(count)] as const,
)

const database = await freshDatabase('round_trips')
const neon = await startNeonLocal({ upstream: database.url })
const { db } = connect(neon.connectionString())
let roundTrips = 0
const { fetchFunction } = neonConfig
neonConfig.fetchFunction = (...request: Parameters<typeof fetch>) => {
  roundTrips++
  return fetch(...request)
}

afterAll(async () => {
  neonConfig.fetchFunction = fetchFunction
  await neon.stop()
  await database.drop()
})

const password = 'correct horse'
const BODIES: Record<string, (username: string) => object> = {
  'POST /users': (username) => ({ username: `${username}x`, password }),
  'PATCH /users/:id': () => ({ email: null, suspended: true }),
  'PATCH /me': () => ({ email: null, role: 'admin' }),
  'PUT /me/password': () => ({ currentPassword: password, newPassword: 'better battery' }),
  'POST /password-resets': (username) => ({ username }),
  'PUT /password-resets/:token': () => ({ newPassword: 'better battery' }),
  'POST /sessions/current/confirmation': () => ({ password }),
  'POST /sessions': (username) => ({ username, password }),
}

let sequence = 0

// An admin with two sessions, so that each request succeeds and may ask for all that there is.
async function someAdmin(): Promise<{
  username: string
  token: string
  ids: Record<string, number | string>
}> {
  const username = `member-${++sequence}`
  const { id: user } = await createUser(db, { username, email: null, password }, config)
  await promoteUser(db, user)
  const client = { ip: null, userAgent: null }
  const { token } = await signIn(db, client, { username, password }, config)
  await signIn(db, client, { username, password }, config)
  const { body } = await call('GET /sessions', { token, with: { ...services(), db } })
  const session = body.items.find(({ current }: { current: boolean }) => !current).id
  const [email, reset, verification] = [`${username}@example.org`, newToken(), newToken()]
  await db.update(users).set({ email }).where(eq(users.id, user))
  await storeToken(db, 'password_reset', eq(users.id, user), { token: reset, sentTo: email })
  await storeToken(db, 'email_verification', eq(users.id, user), { token: verification, sentTo: email })
  const ids = {
    users: user,
    sessions: session,
    'password-resets': reset,
    'email-verifications': verification,
  }
  return { username, token, ids }
}

// A clone's own resources need no line here; an endpoint more of one that has lines does.
test('every endpoint of a counted resource is counted', () => {
  const counted = ROUND_TRIPS.map(([endpoint]) => endpoint)
  const resources = new Set(counted.map(resourceOf))
  const endpoints = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path}`)
    .filter((endpoint) => resources.has(resourceOf(endpoint)))
  expect(counted.sort()).toEqual([...new Set(endpoints)].sort())
})

const resourceOf = (endpoint: string) => endpoint.split('/')[1] ?? ''

test.each(ROUND_TRIPS)('%s asks the database %d times', async (endpoint, expected) => {
  const { username, token, ids } = await someAdmin()
  const request = endpoint.replace(/\/([\w-]+)\/:\w+/g, (_, resource) => `/${resource}/${ids[resource]}`)
  roundTrips = 0
  const { status } = await call(request as 'GET /', {
    body: BODIES[endpoint]?.(username),
    token,
    with: { ...services(), db },
  })
  expect([status < 300, roundTrips]).toEqual([true, expected])
})

test('while registration is closed, that of an admin takes as many', async () => {
  const { username, token } = await someAdmin()
  roundTrips = 0
  const closed = { ...services({ registration: 'closed' }), db }
  const { status } = await call('POST /users', {
    body: BODIES['POST /users']?.(username),
    token,
    with: closed,
  })
  expect([status, roundTrips]).toEqual([201, 2])
})
