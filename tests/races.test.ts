import { describe, expect, test } from 'bun:test'
import { eq, sql } from 'drizzle-orm'
import { rateLimits } from '../src/access/table.ts'
import type { Db } from '../src/db/db.ts'
import { users } from '../src/identity/table.ts'
import { committed, db, hasTransactions } from './support/db.ts'
import type { Answer } from './support/exchange.ts'
import { PASSWORD, signedIn, user } from './support/factories.ts'
import { call, services } from './support/http.ts'

const newPassword = 'a better battery'
const signIn = (username: string, options = {}) =>
  call('POST /sessions', { body: { username, password: PASSWORD }, ...options })
const changePassword = (token: string) =>
  call('PUT /me/password', { token, body: { currentPassword: PASSWORD, newPassword } })

/** Starts requests one after the other, each as soon as the last one waits for a transaction that did `first`; then commits it. */
async function whileHeld(
  first: (tx: Db) => PromiseLike<unknown>,
  ...requests: (() => Promise<Answer>)[]
): Promise<Answer[]> {
  const answers: Promise<Answer>[] = []
  await db.transaction(async (tx) => {
    await first(tx)
    for (const request of requests) {
      const answer = request()
      answers.push(answer)
      await Promise.race([answer, untilWaiting(answers.length)])
    }
  })
  return Promise.all(answers)
}

async function untilWaiting(count: number): Promise<void> {
  const waiting = sql`wait_event_type = 'Lock' and datname = current_database()`
  while ((await db.$count(sql`pg_stat_activity`, waiting)) < count) await Bun.sleep(5)
}

describe.skipIf(!hasTransactions)('a sign-in that is hashing', () => {
  test('while another replaces the hash is let in as well', () =>
    committed(async () => {
      const { user } = await signedIn()
      const costlier = { with: services({ scrypt: { N: 4, r: 1, p: 1 } }) }
      const lock = (tx: Db) => tx.select().from(users).where(eq(users.id, user.id)).for('update')
      const request = () => signIn(user.username, costlier)
      const answers = await whileHeld(lock, request, request)
      expect(answers.map(({ status }) => status)).toEqual([201, 201])
    }))

  test('while the user is deleted finds nobody', () =>
    committed(async () => {
      const { user } = await signedIn()
      const deletion = (tx: Db) => tx.delete(users).where(eq(users.id, user.id))
      const [answer] = await whileHeld(deletion, () => signIn(user.username))
      expect(answer?.status).toBe(401)
    }))

  test.each(['first', 'last'])('while the password is changed leaves no session behind: %s', (place) =>
    committed(async () => {
      const { user, token } = await signedIn()
      const lock = (tx: Db) => tx.select().from(users).where(eq(users.id, user.id)).for('update')
      const requests = [() => signIn(user.username), () => changePassword(token)]
      const answers = await whileHeld(lock, ...(place === 'first' ? requests : requests.reverse()))
      const { body } = answers.find(({ status }) => status === 201) ?? {}
      expect(answers.some(({ status }) => status === 204)).toBe(true)
      if (body) expect((await call('GET /me', { token: body.token })).status).toBe(401)
      expect((await call('GET /sessions', { token })).body.items.length).toBe(1)
    }),
  )
})

test.skipIf(!hasTransactions)(
  'a registration that loses its name while hashing is charged all the same',
  () =>
    committed(async () => {
      const rival = (tx: Db) => user({ username: 'racer' }, tx)
      const registration = () => call('POST /users', { body: { username: 'racer', password: PASSWORD } })
      const [answer] = await whileHeld(rival, registration)
      expect(answer?.status).toBe(409)
      const isCharged = sql`${rateLimits.spentUntil} > now()`
      expect(await db.$count(rateLimits, isCharged)).toBe(1)
    }),
)

test.skipIf(!hasTransactions)('a request that waits too long for a lock gets 503', () =>
  committed(async () => {
    const { token } = await signedIn()
    const impatient = { token, with: services({ answerWithinMs: 100 }) }
    const { status, headers, body } = await db.transaction(async (tx) => {
      await tx.execute(sql`lock table users`)
      return call('GET /me', impatient)
    })
    expect([status, body.type]).toEqual([503, 'urn:hearth:problem:unavailable'])
    expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0)
    expect((await call('GET /me', { token })).status).toBe(200)
  }),
)
