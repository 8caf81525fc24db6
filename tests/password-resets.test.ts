import { describe, expect, test } from 'bun:test'
import { travel } from '@hearth/sandbox'
import { eq } from 'drizzle-orm'
import { oneTimeTokens } from '../src/access/table.ts'
import { users } from '../src/identity/table.ts'
import { db } from './support/db.ts'
import { admin, PASSWORD, signedIn, user } from './support/factories.ts'
import { call, services } from './support/http.ts'
import { receiveMails, tokenIn } from './support/mailbox.ts'

const NEW = 'a better battery'
const ask = (username: string) => call('POST /password-resets', { body: { username } })
const reset = (token: string, newPassword = NEW) =>
  call(`PUT /password-resets/${token}`, { body: { newPassword } })

async function reachable(email: string) {
  const someone = await user({ email })
  await db.update(users).set({ emailVerified: true }).where(eq(users.id, someone.id))
  await receiveMails() // the one that asks to confirm the address
  return someone
}

async function mailedToken(email: string): Promise<string> {
  expect((await ask(email)).status).toBe(202)
  const [mail] = await receiveMails()
  return mail ? tokenIn(mail) : ''
}

describe('a forgotten password', () => {
  test('is chosen again by the link of a mail, which ends all sessions and works once', async () => {
    const { username } = await reachable('alice@example.org')
    const before = await call('POST /sessions', { body: { username, password: PASSWORD } })
    const asked = await ask(username)
    expect([asked.status, asked.text]).toEqual([202, ''])
    const [mail] = await receiveMails()
    expect(mail).toMatchObject({ to: 'alice@example.org', subject: 'Choose a new password' })
    expect(mail?.text).toContain(username)
    const token = mail ? tokenIn(mail) : ''
    expect((await reset(token)).status).toBe(204)
    expect((await call('GET /me', { token: before.body.token })).status).toBe(401)
    expect((await call('POST /sessions', { body: { username, password: NEW } })).status).toBe(201)
    expect((await reset(token)).status).toBe(404)
  })

  test('sends no mail to an address that is not verified, nor for a name that nobody has', async () => {
    await user({ username: 'claimed', email: 'victim@example.org' })
    for (const name of ['claimed', 'victim@example.org', 'nobody']) {
      const { status, text } = await ask(name)
      expect([status, text]).toEqual([202, ''])
    }
    expect((await receiveMails()).map(({ subject }) => subject)).not.toContain('Choose a new password')
  })

  test('only the newest link works, for an hour', async () => {
    await reachable('alice@example.org')
    const [first, second] = [await mailedToken('alice@example.org'), await mailedToken('alice@example.org')]
    expect((await reset(first)).status).toBe(404)
    await travel({ minutes: 61 })
    expect((await reset(second)).status).toBe(404)
  })

  test('a refused password leaves the token as it is', async () => {
    const { username } = await reachable('alice@example.org')
    const token = await mailedToken('alice@example.org')
    for (const password of ['12345', username]) expect((await reset(token, password)).status).toBe(422)
    expect((await reset(token)).status).toBe(204)
  })

  test('tokens of another purpose, made-up and malformed ones are the same 404', async () => {
    const { token } = await signedIn(await user({ email: 'alice@example.org' }))
    await call('POST /me/email-verification', { token })
    const [mail] = await receiveMails()
    for (const made of [mail ? tokenIn(mail) : '', 'x'.repeat(43), 'short', '%00']) {
      const { status, body } = await reset(made)
      expect([made, status, body.type]).toEqual([made, 404, 'urn:hearth:problem:not_found'])
      if (made.length === 43) expect(JSON.stringify(body)).not.toContain(made)
    }
  })

  test('stores digests only', async () => {
    await reachable('alice@example.org')
    const token = await mailedToken('alice@example.org')
    expect(JSON.stringify(await db.select().from(oneTimeTokens))).not.toContain(token)
  })

  test('an address gets three mails an hour', async () => {
    await reachable('alice@example.org')
    for (let i = 0; i < 5; i++) await ask('alice@example.org')
    expect((await receiveMails()).length).toBe(2) // and one at the registration
    await travel({ minutes: 61 })
    expect(await mailedToken('alice@example.org')).not.toBe('')
  })

  test('is limited for an address, whatever the names', async () => {
    const settings = { with: { ...services(), ip: '198.51.100.9' } }
    const statuses: number[] = []
    for (let i = 0; i < 21; i++)
      statuses.push(
        (await call('POST /password-resets', { body: { username: `n-${i}` }, ...settings })).status,
      )
    expect(statuses).toEqual([...Array(20).fill(202), 429])
  })

  test('an admin can hand out a token, and nobody else', async () => {
    const dora = await user({ username: 'dora' })
    const { token } = await signedIn(await admin())
    const issued = await call(`POST /users/${dora.id}/password-reset`, { token })
    expect([issued.status, issued.keys]).toEqual([201, ['expiresAt', 'token']])
    expect(
      (await call(`POST /users/${dora.id}/password-reset`, { token: (await signedIn()).token })).status,
    ).toBe(403)
    expect((await call('POST /users/999999/password-reset', { token })).status).toBe(404)
    expect((await reset(issued.body.token)).status).toBe(204)
    expect((await call('POST /sessions', { body: { username: 'dora', password: NEW } })).status).toBe(201)
  })
})
