import { describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { users } from '../src/identity/table.ts'
import { db } from './support/db.ts'
import { PASSWORD, signedIn, user } from './support/factories.ts'
import { call } from './support/http.ts'
import { receiveMails, tokenIn } from './support/mailbox.ts'

const verify = (token: string) => call(`PUT /email-verifications/${token}`)
const EMAIL = 'alice@example.org'

async function newcomer(email = EMAIL) {
  const { user: who, token } = await signedIn(await user({ email }))
  const [mail] = await receiveMails()
  return { ...who, token, mail, link: mail ? tokenIn(mail) : '' }
}

describe('an email address', () => {
  test('is confirmed by the mail that registration sends, and then signs in', async () => {
    const { token, mail, link } = await newcomer()
    expect(mail).toMatchObject({ to: EMAIL, subject: 'Confirm your email address' })
    const signIn = () => call('POST /sessions', { body: { username: EMAIL, password: PASSWORD } })
    expect((await signIn()).status).toBe(401)
    expect((await call('GET /me', { token })).body.emailVerified).toBe(false)
    expect((await verify(link)).status).toBe(204)
    expect((await call('GET /me', { token })).body.emailVerified).toBe(true)
    expect((await signIn()).status).toBe(201)
    expect((await verify(link)).status).toBe(404)
  })

  test('that somebody else claims is free for its owner, until one has confirmed it', async () => {
    const [claimer, owner] = [await newcomer(), await newcomer()]
    expect((await verify(owner.link)).status).toBe(204)
    const late = await verify(claimer.link)
    expect([late.status, late.body.type]).toEqual([409, 'urn:hearth:problem:conflict'])
    expect((await call('GET /me', { token: claimer.token })).body).toMatchObject({
      email: EMAIL,
      emailVerified: false,
    })
  })

  test('is unverified after a change; the new one is asked and the old one told', async () => {
    const { token, link } = await newcomer()
    await verify(link)
    const changed = await call('PATCH /me', { token, body: { email: 'new@example.org' } })
    expect(changed.body).toMatchObject({ email: 'new@example.org', emailVerified: false })
    const mails = (await receiveMails()).map(({ to, subject }) => `${to}: ${subject}`).sort()
    expect(mails).toEqual([
      'alice@example.org: The email address of your account was changed',
      'new@example.org: Confirm your email address',
    ])
    const same = await call('PATCH /me', {
      token,
      body: { email: 'new@example.org', username: 'someone-else' },
    })
    expect(same.body.emailVerified).toBe(false)
  })

  test('stays verified in a patch that does not change it', async () => {
    const { id, token, link } = await newcomer()
    await verify(link)
    expect((await call('PATCH /me', { token, body: { email: EMAIL } })).body.emailVerified).toBe(true)
    expect(await receiveMails()).toEqual([])
    expect((await call('PATCH /me', { token, body: { email: null } })).body.emailVerified).toBe(false)
    expect(await db.$count(users, eq(users.id, id))).toBe(1)
  })

  test('that changed meanwhile is not confirmed by the old link', async () => {
    const { token, link } = await newcomer()
    await call('PATCH /me', { token, body: { email: 'new@example.org' } })
    expect((await verify(link)).status).toBe(404)
  })

  test('can be asked for again, while there is something to confirm', async () => {
    const { token, link } = await newcomer()
    const again = () => call('POST /me/email-verification', { token })
    expect((await again()).status).toBe(202)
    const [mail] = await receiveMails()
    expect((await verify(link)).status).toBe(404) // the new link replaces the old one
    expect((await verify(mail ? tokenIn(mail) : '')).status).toBe(204)
    expect((await again()).status).toBe(409)
    expect((await call('POST /me/email-verification', { token: (await signedIn()).token })).status).toBe(409)
  })

  test('of a verified user is not taken for those who register with it', async () => {
    const { link } = await newcomer()
    await verify(link)
    const body = { username: 'someone', password: PASSWORD, email: EMAIL }
    const { status, body: created } = await call('POST /users', { body })
    expect([status, created.emailVerified]).toEqual([201, false])
  })
})
