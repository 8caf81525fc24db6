import { expect, test } from 'bun:test'
import { roomOf } from '../src/http/room.ts'
import { PASSWORD, user } from './support/factories.ts'
import { call, services } from './support/http.ts'

const register = (username: string, ip: string, room = roomOf(4)) =>
  call('POST /users', { body: { username, password: PASSWORD }, with: { ...services(), ip, room } })

test('a full room refuses what would hash at arrival, one address at half of it, and nothing else', async () => {
  const room = roomOf(4)
  const flood = await Promise.all(
    Array.from({ length: 6 }, (_, i) => register(`bot-${i}`, '198.51.100.7', room)),
  )
  expect(flood.map(({ status }) => status).sort()).toEqual([201, 201, 503, 503, 503, 503])
  expect(flood.find(({ status }) => status === 503)?.headers.get('Retry-After')).toBe('2')
  const others = ['a', 'b', 'c', 'd', 'e'].map((name, i) => register(`other-${name}`, `203.0.113.${i}`, room))
  const reading = call('GET /health', { with: { ...services(), room } })
  expect((await Promise.all(others)).filter(({ status }) => status === 201).length).toBe(4)
  expect((await reading).status).toBe(200)
  expect(room.inside.size).toBe(0)
})

test('a place ends with its time, since workerd may never say that a client has left', async () => {
  const room = roomOf(2)
  for (const block of ['a', 'b']) room.inside.set(Symbol(), { block, until: Date.now() - 1 })
  expect((await register('alice', '192.0.2.1', room)).status).toBe(201)
})

test('a sign-in and a new password take a place as well', async () => {
  const { username } = await user()
  const room = roomOf(0)
  const full = { with: { ...services(), room } }
  expect((await call('POST /sessions', { body: { username, password: PASSWORD }, ...full })).status).toBe(503)
  const body = { currentPassword: PASSWORD, newPassword: PASSWORD }
  expect((await call('PUT /me/password', { token: 'A'.repeat(43), body, ...full })).status).toBe(503)
})
