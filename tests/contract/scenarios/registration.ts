import { deepEqual, equal } from 'node:assert/strict'
import type { Scenarios } from '../api.ts'
import { expectNoSecret, expectProblem, expectUser } from '../expect.ts'

const BAD_USERNAMES = [
  'al', 'a'.repeat(33), '-alice', 'alice.', 'al ice', 'al\0ice', 'admin', 'Root', 'ａｄｍｉｎ', '', null, 5, {}, [],
] // biome-ignore format: a list of values
const GOOD_USERNAMES = ['abc', 'a'.repeat(32), '007', 'a.b_c-d', 'administrators']

const BAD_PASSWORDS = [
  '12345', 'p'.repeat(129), '🔥'.repeat(129), '\uD800secret', 'sameasname', 'SAMEASNAME', null, undefined, 123456, '',
] // biome-ignore format: a list of values
const GOOD_PASSWORDS = ['123456', '🔥'.repeat(6), 'p'.repeat(128), '      ']

const BAD_EMAILS = ['nobody', 'a@b', `${'a'.repeat(250)}@example.org`, 'a@example.org\0', '', 5]

export const registration: Scenarios = {
  async 'a registration returns 201 with the user, its location, and no password'({ register }) {
    const reply = await register({ username: 'Alice', email: 'Alice@Example.org' })
    const fields = { username: 'alice', email: 'alice@example.org', role: 'user', suspended: false }
    expectUser(reply, 201, fields)
    equal(reply.headers.get('Location'), `/users/${reply.body.id}`)
    equal(new Date(reply.body.createdAt).toISOString(), reply.body.createdAt)
    expectNoSecret(reply, 'correct horse', 'scrypt')
  },

  async 'an email is optional'({ register }) {
    expectUser(await register(), 201, { email: null })
    expectUser(await register({ email: null }), 201, { email: null })
  },

  async 'a taken name is 409 in any case, and named'({ register }) {
    await register({ username: 'taken' })
    const name = await register({ username: 'TAKEN' })
    expectProblem(name, 'conflict', '/username')
    deepEqual(name.body.errors, [{ pointer: '/username', detail: 'is already taken' }])
  },

  async 'an email that another user claims is free, and unverified'({ register }) {
    for (let i = 0; i < 2; i++)
      expectUser(await register({ email: 'Claimed@example.org' }), 201, {
        email: 'claimed@example.org',
        emailVerified: false,
      })
  },

  async 'a user name is normalised before it is checked'({ register }) {
    expectUser(await register({ username: 'ＦＵＬＬｗｉｄｔｈ' }), 201, { username: 'fullwidth' })
    expectProblem(await register({ username: '\uFDFA' }), 'invalid', '/username') // one character, eighteen when normalised
  },

  async 'bad user names are 422'({ register }) {
    for (const username of BAD_USERNAMES) expectProblem(await register({ username }), 'invalid', '/username')
  },

  async 'good user names are accepted'({ register }) {
    for (const username of GOOD_USERNAMES) expectUser(await register({ username }), 201, { username })
  },

  async 'bad passwords are 422'({ register }) {
    for (const password of BAD_PASSWORDS)
      expectProblem(await register({ username: 'sameasname', password }), 'invalid', '/password')
  },

  async 'good passwords are accepted'({ register }) {
    for (const password of GOOD_PASSWORDS) expectUser(await register({ password }), 201)
  },

  async 'bad emails are 422'({ register }) {
    for (const email of BAD_EMAILS) expectProblem(await register({ email }), 'invalid', '/email')
  },

  async 'every rejected field is named, unknown ones too'({ register }) {
    const reply = await register({ username: 'x', password: 'y', 'is/admin~': true })
    expectProblem(reply, 'invalid', '/username', '/password', '/is~1admin~0')
  },

  async 'nobody registers with a role or a suspension'({ register }) {
    expectProblem(await register({ role: 'admin' }), 'invalid', '/role')
    expectProblem(await register({ suspended: false }), 'invalid', '/suspended')
  },
}
