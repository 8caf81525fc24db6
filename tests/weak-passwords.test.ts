import { afterEach, describe, expect, spyOn, test } from 'bun:test'
import { seemsIn } from '../src/identity/bloom.ts'
import { COMMON_PASSWORDS } from '../src/identity/common-passwords.ts'
import {
  COMMON_PASSWORDS_FILE,
  commonest,
  toRefuse,
  writeCommonPasswords,
} from '../tools/common-passwords.ts'
import wrangler from '../wrangler.toml'
import { PASSWORD, signedIn } from './support/factories.ts'
import { call, services } from './support/http.ts'

const strict = { with: services({ passwordBlocklist: 'on' }) }
const register = (password: string, options: object = strict) =>
  call('POST /users', { body: { username: 'alice', email: 'a.smith@example.org', password }, ...options })

describe('the list of the commonest passwords', () => {
  test('is the file that the tool writes', async () => {
    expect(await Bun.file(COMMON_PASSWORDS_FILE).text()).toBe(writeCommonPasswords())
  })

  test('has the 3,000 commonest for each usual minimum, and takes no more than 10 KiB', () => {
    for (const least of [6, 8, 15]) {
      const policy = commonest.filter(({ length }) => length >= least).slice(0, 3000)
      expect(policy.filter((password) => !seemsIn(COMMON_PASSWORDS, password))).toEqual([])
    }
    expect(COMMON_PASSWORDS.bits.length).toBeLessThan(10 * 1024)
  })

  test('has by mistake about one in a thousand others', () => {
    const others = Array.from({ length: 50_000 }, (_, i) => `correct horse ${i} battery`)
    const mistakes = others.filter((it) => seemsIn(COMMON_PASSWORDS, it) && !toRefuse().has(it)).length
    expect(mistakes).toBeLessThan(100)
  })
})

describe('with the block-list, a new password', () => {
  test.each([
    ['123456', 'is one of the commonest passwords'],
    ['PassWord', 'is one of the commonest passwords'],
    ['qwertyuiop12345', 'is one of the commonest passwords'],
    ['      ', 'must not be one repeated character'],
    ['🔥🔥🔥🔥🔥🔥', 'must not be one repeated character'],
    ['alice1', 'must not be made of'],
    ['Alice-Alice!', 'must not be made of'],
    ['a.smith@example.org', 'must not be made of'],
    ['A.Smith@Example.org1', 'must not be made of'],
    ['a.smith2026', 'must not be made of'],
    ['hearth', 'must not be made of'],
    ['Hearth123', 'must not be made of'],
    ['hearthalice', 'must not be made of'],
  ])('%p is refused: %s', async (password, detail) => {
    const { status, body } = await register(password)
    expect([status, body.errors.length, body.errors[0].pointer]).toEqual([422, 1, '/password'])
    expect(body.errors[0].detail).toStartWith(detail)
    const { user, token } = await signedIn()
    const own = password.replace(/alice/gi, user.username)
    if (own !== password || !/smith/i.test(password)) {
      const change = { currentPassword: PASSWORD, newPassword: own }
      const changed = await call('PUT /me/password', { token, body: change, ...strict })
      expect([changed.status, changed.body.errors[0].pointer]).toEqual([422, '/newPassword'])
    }
  })

  test.each([
    'correct horse',
    'battery staple',
    'alice in wonderland',
    'a hearth in winter',
    'smithy of words',
  ])('%p is accepted', async (password) => {
    expect((await register(password)).status).toBe(201)
  })

  test('is refused only where the setting is on', async () => {
    expect((await register('123456', {})).status).toBe(201)
  })
})

test('a deployed Worker asks for 15 characters and has the block-list (NIST SP 800-63B-4, 3.1.1.2)', () => {
  const { env } = wrangler as { env: Record<string, { vars: Record<string, string> }> }
  for (const stage of ['staging', 'production'])
    expect(env[stage]?.vars).toMatchObject({ PASSWORD_MIN_LENGTH: '15', PASSWORD_BLOCKLIST: 'on' })
})

describe('with PWNED_PASSWORDS=on', () => {
  const asking = { with: services({ pwnedPasswords: 'on' }) }
  const fetching = spyOn(globalThis, 'fetch')
  const answer = (respond: (url: string, init?: RequestInit) => Promise<Response>) =>
    fetching.mockImplementation(((url: string, init?: RequestInit) => respond(url, init)) as typeof fetch)
  afterEach(() => {
    fetching.mockReset()
  })

  test('a password of a breach is refused, and five digits of its hash leave the server', async () => {
    const asked: string[] = []
    const hash = new Bun.CryptoHasher('sha1').update(PASSWORD).digest('hex').toUpperCase()
    answer(async (url, init) => {
      asked.push(url, JSON.stringify(init?.headers))
      return new Response(`${'0'.repeat(35)}:0\r\n${hash.slice(5)}:17\r\n`)
    })
    const { status, body } = await register(PASSWORD, asking)
    expect([status, body.errors]).toEqual([
      422,
      [{ pointer: '/password', detail: 'is known from a data breach' }],
    ])
    expect(asked[0]).toBe(`https://api.pwnedpasswords.com/range/${hash.slice(0, 5)}`)
    expect(asked[1]).toContain('Add-Padding')
    const { token } = await signedIn()
    const change = { currentPassword: PASSWORD, newPassword: PASSWORD }
    expect((await call('PUT /me/password', { token, body: change, ...asking })).status).toBe(422)
  })

  test.each([
    ['is padded', async () => new Response(`${'0'.repeat(35)}:0`)],
    ['fails', async () => new Response('', { status: 503 })],
    ['breaks', () => Promise.reject(new Error('ECONNRESET'))],
    ['hangs', (_: string, init?: RequestInit) => hangUntil(init?.signal)],
  ])('every password passes where the answer %s', async (_, respond) => {
    answer(respond)
    const start = performance.now()
    expect((await register(PASSWORD, asking)).status).toBe(201)
    expect(performance.now() - start).toBeLessThan(3_000)
  })
})

const hangUntil = (signal: AbortSignal | null | undefined) =>
  new Promise<Response>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
