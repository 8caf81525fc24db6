import { describe, expect, test } from 'bun:test'
import { committed } from './support/db.ts'
import { PROBLEM_KEYS, USER_KEYS } from './support/exchange.ts'
import { user } from './support/factories.ts'
import { call, services } from './support/http.ts'

const register = (fields: object, options = {}) =>
  call('POST /users', { body: { username: 'alice', password: 'correct horse', ...fields }, ...options })

describe('POST /users', () => {
  test('registers a user and shows no password', async () => {
    const { status, headers, body, keys } = await register({ email: 'Alice@Example.org' })
    expect(status).toBe(201)
    expect(keys).toEqual(USER_KEYS)
    expect(body).toMatchObject({
      username: 'alice',
      email: 'alice@example.org',
      role: 'user',
      suspended: false,
    })
    expect(headers.get('Location')).toBe(`/users/${body.id}`)
    expect(new Date(body.createdAt).toISOString()).toBe(body.createdAt)
  })

  test('takes no email for null', async () => {
    expect((await register({})).body.email).toBeNull()
    expect((await register({ username: 'bob', email: null })).body.email).toBeNull()
  })

  test('normalises the user name before it looks at it', async () => {
    expect((await register({ username: 'ＡＬＩＣＥ' })).body.username).toBe('alice')
    // U+FDFA, one character, becomes eighteen with spaces among them
    expect((await register({ username: '\uFDFA' })).status).toBe(422)
  })

  test('refuses a taken name or email, in whatever case, and says which', async () => {
    await user({ username: 'alice', email: 'alice@example.org' })
    const name = await register({ username: 'Alice' })
    expect([name.status, name.body.errors]).toEqual([
      409,
      [{ pointer: '/username', detail: 'is already taken' }],
    ])
    const email = await register({ username: 'bob', email: 'ALICE@example.org' })
    expect([email.status, email.body.errors]).toEqual([
      409,
      [{ pointer: '/email', detail: 'is already taken' }],
    ])
    expect(email.keys).toEqual(['detail', 'errors', ...PROBLEM_KEYS.slice(1)])
  })

  test.each([
    ['al', '/username'],
    ['a'.repeat(33), '/username'],
    ['-alice', '/username'],
    ['alice.', '/username'],
    ['al ice', '/username'],
    ['ali\u0000ce', '/username'],
    ['admin', '/username'],
    [null, '/username'],
    [{}, '/username'],
  ])('refuses the user name %j', async (username, pointer) => {
    const { status, body } = await register({ username })
    expect(status).toBe(422)
    expect(body.errors[0].pointer).toBe(pointer)
  })

  test.each(['abc', 'a'.repeat(32), '007', 'a.b_c-d', 'administrators'])(
    'takes the user name %s',
    async (username) => {
      const { status, keys, body } = await register({ username })
      expect([status, keys, body.username]).toEqual([201, USER_KEYS, username])
    },
  )

  test.each([
    ['12345'],
    ['p'.repeat(129)],
    ['🔥'.repeat(129)],
    ['\uD800secret'],
    [' alice'.trim()],
    ['ALICE'],
    [123456],
    [undefined],
  ])('refuses the password %j', async (password) => {
    const { status, body } = await register({ password })
    expect(status).toBe(422)
    expect(body.errors[0].pointer).toBe('/password')
  })

  test.each([['123456'], ['🔥'.repeat(6)], ['p'.repeat(128)], ['      ']])(
    'takes the password %j',
    async (password) => {
      expect((await register({ password })).status).toBe(201)
    },
  )

  test.each([['nobody'], ['a@b'], [`${'a'.repeat(250)}@example.org`], ['a@example.org\u0000'], ['']])(
    'refuses the email %j',
    async (email) => {
      const { status, body } = await register({ email })
      expect([status, body.errors[0].pointer]).toEqual([422, '/email'])
    },
  )

  test('names every rejected field, and unknown ones', async () => {
    const { status, body } = await call('POST /users', {
      body: { username: 'x', password: 'y', 'is/admin~': true },
    })
    expect(status).toBe(422)
    expect(body.errors.map((error: { pointer: string }) => error.pointer).sort()).toEqual([
      '/is~1admin~0',
      '/password',
      '/username',
    ])
  })

  test('role and suspended are not for those who register', async () => {
    expect((await register({ role: 'admin' })).status).toBe(422)
    expect((await register({ suspended: false })).status).toBe(422)
  })

  test('the settings can ask for longer passwords', async () => {
    const { status, body } = await register({}, { with: services({ passwordMinLength: 15 }) })
    expect([status, body.errors]).toEqual([
      422,
      [{ pointer: '/password', detail: 'must have at least 15 characters' }],
    ])
  })

  test('of many registrations of one name at once, one wins', async () => {
    const answers = await committed(() => Promise.all(Array.from({ length: 20 }, () => register({}))))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)])
  })
})
