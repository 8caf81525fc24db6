import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict'
import { keysOf, SESSION_KEYS, USER_KEYS } from '../../support/exchange.ts'
import type { Api } from '../client.ts'
import { isProblem, rejects, type Scenarios } from './expect.ts'

type Session = { id: number; current: boolean }

const sessionsOf = async (api: Api, token: string): Promise<Session[]> =>
  (await api.call('GET /sessions', { token })).body.items
const currentId = async (api: Api, token: string) =>
  (await sessionsOf(api, token)).find(({ current }) => current)?.id

export const sessions: Scenarios = {
  async 'a sign-in answers 201 with a token that works for 30 days, and the user'(api) {
    const { username, password } = await api.member()
    const { status, keys, body } = await api.signIn(username, password)
    equal(status, 201)
    deepEqual([keys, keysOf(body.user)], [['expiresAt', 'token', 'user'], USER_KEYS])
    match(body.token, /^[A-Za-z0-9_-]{43}$/)
    const days = (Date.parse(body.expiresAt) - Date.now()) / 86_400_000
    ok(days > 29.9 && days < 30.1, `${days} days`)
    equal((await api.call('GET /me', { token: body.token })).body.username, username)
  },

  async 'a sign-in takes the name in any case, the email, and any spelling of the password'(api) {
    const password = 'caf\u00e9 noir'
    await api.call('POST /users', { body: { username: 'cafe', email: 'cafe@example.org', password } })
    equal((await api.signIn('CAFE', 'cafe\u0301 noir')).status, 201)
    equal((await api.signIn('Cafe@Example.org', password)).status, 201)
    isProblem(await api.signIn('cafe', ` ${password}`), 401)
  },

  async 'an unknown user and a wrong password get the same 401'(api) {
    const { username } = await api.member()
    const [wrong, unknown] = [await api.signIn(username, 'wrong'), await api.signIn('nobody', 'wrong')]
    isProblem(wrong, 401)
    const { requestId: a, ...ofWrong } = wrong.body
    const { requestId: b, ...ofUnknown } = unknown.body
    deepEqual(ofWrong, ofUnknown)
    notEqual(a, b)
  },

  async 'credentials of another shape are 422'(api) {
    for (const body of [
      {},
      { username: 'a' },
      { username: 5, password: 5 },
      { username: 'a', password: 'b', x: 1 },
    ])
      isProblem(await api.call('POST /sessions', { body }), 422)
    const answer = await api.call('POST /sessions', { body: { username: 'a'.repeat(1001), password: 'x' } })
    rejects(answer, 422, '/username')
  },

  async 'the list holds one’s own sessions, and no token'(api) {
    const { username, password, token } = await api.member()
    await api.signIn(username, password)
    const { status, keys, body, text } = await api.call('GET /sessions', { token })
    deepEqual([status, keys, body.items.length], [200, ['items'], 2])
    for (const item of body.items) deepEqual(keysOf(item), SESSION_KEYS)
    deepEqual(body.items.map(({ current }: Session) => current).sort(), [false, true])
    for (const { ip } of body.items) ok(ip === null || /^[\d.]+$|^[\da-f:.]+$/.test(ip), `ip ${ip}`)
    ok(!text.includes(token))
  },

  async 'the list keeps a user agent of 255 characters'(api) {
    const { username, password } = await api.member()
    const headers = { 'User-Agent': 'x'.repeat(1000) }
    const { body } = await api.call('POST /sessions', { body: { username, password }, headers })
    const { items } = (await api.call('GET /sessions', { token: body.token })).body
    equal(items.find(({ current }: Session) => current).userAgent, 'x'.repeat(255))
  },

  async 'signing out ends the session at once'(api) {
    const { token } = await api.member()
    const answer = await api.call('DELETE /sessions/current', { token })
    deepEqual([answer.status, answer.text], [204, ''])
    for (const request of ['GET /me', 'GET /sessions', 'DELETE /sessions/current'])
      isProblem(await api.call(request, { token }), 401)
  },

  async 'one can end other sessions of one’s own, and nobody else’s'(api) {
    const { username, password, token } = await api.member()
    const other = (await api.signIn(username, password)).body.token
    const stranger = await api.member()
    const foreign = await currentId(api, stranger.token)
    isProblem(await api.call(`DELETE /sessions/${foreign}`, { token }), 404)
    equal((await api.call(`DELETE /sessions/${await currentId(api, other)}`, { token })).status, 204)
    isProblem(await api.call('GET /me', { token: other }), 401)
    equal((await api.call('GET /me', { token: stranger.token })).status, 200)
    for (const id of ['0', '01', '-1', '1e3', 'x', '99999999999', '%00'])
      isProblem(await api.call(`DELETE /sessions/${id}`, { token }), 404)
  },

  async 'guessing is stopped with 429 and a time to wait'(api) {
    const statuses: number[] = []
    for (let i = 0; i < 10; i++) statuses.push((await api.signIn('guessed', 'wrong')).status)
    deepEqual(statuses, Array(10).fill(401))
    isProblem(await api.signIn('guessed', 'wrong'), 429)
  },
}
