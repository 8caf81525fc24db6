import { deepEqual, doesNotMatch, equal } from 'node:assert/strict'
import { USER_KEYS } from '../../support/exchange.ts'
import type { Api } from '../client.ts'
import { rejects, type Scenarios } from './expect.ts'

const register = (api: Api, fields: object) =>
  api.call('POST /users', { body: { password: 'correct horse', ...fields } })

export const registration: Scenarios = {
  async 'a registration answers 201 with the user, its place, and no password'(api) {
    const answer = await register(api, { username: 'Alice', email: 'Alice@Example.org' })
    equal(answer.status, 201)
    deepEqual(answer.keys, USER_KEYS)
    const { id, username, email, role, suspended, createdAt } = answer.body
    deepEqual([username, email, role, suspended], ['alice', 'alice@example.org', 'user', false])
    equal(answer.headers.get('Location'), `/users/${id}`)
    equal(new Date(createdAt).toISOString(), createdAt)
    doesNotMatch(answer.text, /correct horse|scrypt/)
  },

  async 'an email is optional'(api) {
    equal((await register(api, { username: 'no-email' })).body.email, null)
    equal((await register(api, { username: 'null-email', email: null })).body.email, null)
  },

  async 'a taken name or email is 409 in whatever case, and named'(api) {
    await register(api, { username: 'taken', email: 'taken@example.org' })
    rejects(await register(api, { username: 'TAKEN' }), 409, '/username')
    rejects(await register(api, { username: 'other', email: 'Taken@example.org' }), 409, '/email')
  },

  async 'of registrations of one name at once, one wins'(api) {
    const answers = await Promise.all(Array.from({ length: 8 }, () => register(api, { username: 'racer' })))
    deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(7).fill(409)])
  },

  async 'a user name is normalised before it is looked at'(api) {
    equal((await register(api, { username: 'ＦＵＬＬｗｉｄｔｈ' })).body.username, 'fullwidth')
    rejects(await register(api, { username: '\uFDFA' }), 422, '/username') // one character, eighteen when normalised
  },

  async 'bad user names are 422'(api) {
    const bad = [
      'al',
      'a'.repeat(33),
      '-al',
      'al.',
      'a l',
      'al\0ce',
      'admin',
      'Root',
      'ａｄｍｉｎ',
      '',
      null,
      5,
      {},
      [],
    ]
    for (const username of bad) rejects(await register(api, { username }), 422, '/username')
  },

  async 'bad passwords are 422'(api) {
    const bad = ['12345', 'p'.repeat(129), '🔥'.repeat(129), '\uD800secret', 'BADPASSWORDS', null, 123456, '']
    for (const password of bad)
      rejects(await register(api, { username: 'badpasswords', password }), 422, '/password')
  },

  async 'bad emails are 422'(api) {
    const bad = ['nobody', 'a@b', `${'a'.repeat(250)}@example.org`, 'a@example.org\0', '', 5]
    for (const email of bad) rejects(await register(api, { username: 'bademails', email }), 422, '/email')
  },

  async 'every rejected field is named, unknown ones and those for admins too'(api) {
    const answer = await register(api, { username: 'x', password: 'y', 'is/admin~': true, role: 'admin' })
    rejects(answer, 422, '/username', '/password', '/is~1admin~0', '/role')
  },
}
