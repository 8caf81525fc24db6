import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict'
import { USER_KEYS } from '../../support/exchange.ts'
import { type Call, PASSWORD, type Reply, type Scenarios } from '../api.ts'
import {
  expectDone,
  expectKeys,
  expectNoSecret,
  expectProblem,
  expectSessions,
  expectSignedIn,
  expectSignedOut,
  expectStatus,
  nextOf,
} from '../expect.ts'

type Session = { id: number; current: boolean; userAgent: string; ip: string | null }

const idsIn = ({ body }: Reply) => body.items.map(({ id }: Session) => id)
const sessionsOf = async (call: Call): Promise<Session[]> => (await call('GET /sessions')).body.items
const current = async (call: Call) => (await sessionsOf(call)).find((session) => session.current)

export const sessions: Scenarios = {
  async 'a sign-in returns 201 with a token for 30 days, and the user'({ register, signIn, as }) {
    const user = (await register()).body
    const reply = await signIn(user.username)
    expectStatus(reply, 201)
    expectKeys(reply.body, ['expiresAt', 'token', 'user'])
    expectKeys(reply.body.user, USER_KEYS)
    match(reply.body.token, /^[A-Za-z0-9_-]{43}$/)
    const days = (Date.parse(reply.body.expiresAt) - Date.now()) / 86_400_000
    ok(days > 29.9 && days < 30.1, `${days} days`)
    deepEqual((await as(reply.body.token)('GET /me')).body, reply.body.user)
  },

  async 'a sign-in accepts the name and a verified email in any case, and each spelling of the password'({
    register,
    signIn,
    query,
  }) {
    const password = 'caf\u00e9 noir'
    const { id } = (await register({ username: 'cafe', email: 'cafe@example.org', password })).body
    expectProblem(await signIn('cafe@example.org', password), 'bad_credentials')
    await query(`update users set email_verified = true where id = ${id}`)
    expectStatus(await signIn('CAFE', 'cafe\u0301 noir'), 201)
    expectStatus(await signIn('Cafe@Example.org', password), 201)
    expectProblem(await signIn('cafe', ` ${password}`), 'bad_credentials')
  },

  async 'an unknown user and a wrong password get the same 401'({ register, signIn }) {
    const { username } = (await register()).body
    const [wrong, unknown] = [await signIn(username, 'wrong'), await signIn('nobody', 'wrong')]
    expectProblem(wrong, 'bad_credentials')
    const [{ requestId: a, ...ofWrong }, { requestId: b, ...ofUnknown }] = [wrong.body, unknown.body]
    deepEqual(ofWrong, ofUnknown)
    notEqual(a, b)
  },

  async 'credentials in another form are 422'({ call, signIn }) {
    const password = 'x'
    for (const body of [
      {},
      { username: 'a' },
      { username: 5, password: 5 },
      { username: 'a', password, extra: 1 },
    ])
      expectProblem(await call('POST /sessions', body), 'invalid')
    for (const username of ['a'.repeat(1001), '\0', 'al\0ice', '\ud800'])
      expectProblem(await signIn(username, password), 'invalid', '/username')
  },

  async 'the list shows the caller’s own sessions, and no token'({ member, as, signIn }) {
    const [{ username, token, call }] = [await member(), await member()]
    const other = (await signIn(username)).body.token
    const reply = await call('GET /sessions')
    expectSessions(reply)
    expectKeys(reply.body, ['items', 'nextCursor'])
    deepEqual(reply.body.items.map((session: Session) => session.current).sort(), [false, true])
    for (const { ip } of reply.body.items) ok(ip === null || /^[\d.]+$|^[\da-f:.]+$/.test(ip), `ip ${ip}`)
    expectNoSecret(reply, token, other)
    notEqual((await current(call))?.id, (await current(as(other)))?.id)
  },

  async 'pages contain every session once, by cursor and by Link'({ member, signIn }) {
    const { username, call } = await member()
    for (let n = 0; n < 2; n++) await signIn(username)
    const whole = (await sessionsOf(call)).map(({ id }) => id)
    const first = await call('GET /sessions?limit=2')
    const next = nextOf(first) ?? ''
    equal(new URL(next, 'http://host').searchParams.get('cursor'), first.body.nextCursor)
    const second = await call(`GET ${next}`)
    deepEqual([...idsIn(first), ...idsIn(second)], whole)
    deepEqual([whole.length, second.body.nextCursor, nextOf(second)], [3, null, undefined])
  },

  async 'a session keeps 255 characters of the user agent'({ register, signIn, as }) {
    const { username } = (await register()).body
    const { token } = (await signIn(username, PASSWORD, { 'User-Agent': 'x'.repeat(1000) })).body
    equal((await current(as(token)))?.userAgent, 'x'.repeat(255))
  },

  async 'signing out ends the session at once'({ member }) {
    const { call } = await member()
    expectDone(await call('DELETE /sessions/current'))
    for (const request of ['GET /me', 'GET /sessions', 'DELETE /sessions/current'])
      expectProblem(await call(request), 'unauthenticated')
  },

  async 'signing out everywhere ends all sessions of the caller at once, and nobody else’s'({
    member,
    signIn,
    as,
  }) {
    const [alice, stranger] = [await member(), await member()]
    const other = as((await signIn(alice.username)).body.token)
    const user = (await alice.call('GET /me')).body
    const reply = await alice.call('DELETE /sessions')
    expectStatus(reply, 204)
    equal(reply.text, '')
    for (const call of [alice.call, other])
      for (const request of ['GET /me', 'GET /sessions', 'DELETE /sessions', 'DELETE /me'])
        expectProblem(await call(request), 'unauthenticated')
    expectStatus(await stranger.call('GET /me'), 200)
    const again = as((await signIn(alice.username)).body.token)
    deepEqual((await again('GET /me')).body, user)
    equal((await sessionsOf(again)).length, 1)
  },

  async 'users end other sessions of theirs, and nobody else’s'({ member, signIn, as }) {
    const [alice, stranger] = [await member(), await member()]
    const { token } = (await signIn(alice.username)).body
    const foreign = (await current(stranger.call))?.id
    expectProblem(await alice.call(`DELETE /sessions/${foreign}`), 'not_found')
    expectDone(await alice.call(`DELETE /sessions/${(await current(as(token)))?.id}`))
    await expectSignedOut({ ...alice, call: as(token) })
    await expectSignedIn(alice)
    await expectSignedIn(stranger)
  },

  async 'guessing is stopped with 429'({ signIn }) {
    for (let attempt = 0; attempt < 10; attempt++)
      expectProblem(await signIn('guessed', 'wrong'), 'bad_credentials')
    expectProblem(await signIn('guessed', 'wrong'), 'too_many_attempts')
  },
}
