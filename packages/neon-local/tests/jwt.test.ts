import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startNeonLocal } from '@hearth/neon-local'
import { type NeonQueryFunction, neon } from '@neondatabase/serverless'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { startEndpoint, startLocal } from '../../../tests/support/neon-local.ts'

const pair = await generateKeyPair('ES256')
const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'key', alg: 'ES256' }] }
const role = `member_${crypto.randomUUID().slice(0, 8)}`
const endpoint = await startEndpoint({ jwks, jwtRoles: [role], maxConnections: 1 }) // one session, so that leaks show
const other = await startEndpoint({ jwks })
await endpoint.direct.unsafe(`
  create role ${role};
  create table notes (owner text default auth.user_id(), text text);
  alter table notes enable row level security;
  create policy own on notes using (owner = auth.user_id()) with check (owner = auth.user_id());
  grant select, insert on notes to ${role}`)
afterAll(async () => {
  await endpoint.direct.unsafe(`drop owned by ${role}; drop role ${role}`)
  await endpoint.close()
  await other.close()
})

type Claims = { sub?: string; exp?: number; nbf?: number }

const token = ({ exp = Math.floor(Date.now() / 1000) + 60, ...claims }: Claims, key = pair.privateKey) =>
  new SignJWT({ ...claims, exp }).setProtectedHeader({ alg: 'ES256', kid: 'key' }).sign(key)

/** The connection string that goes with a JWT: a role, and no password. */
function withoutPassword(url: string, username = role): string {
  return Object.assign(new URL(url), { username, password: '' }).href
}

const as = (
  authToken: string,
  url = withoutPassword(endpoint.connectionString()),
): NeonQueryFunction<false, false> => neon(url, { authToken })

const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error) => error.message,
  )

describe('the holder of a JWT', () => {
  test('is who the token says, in the role of the connection string', async () => {
    const alice = as(await token({ sub: 'alice' }))
    expect(await alice`select auth.user_id(), auth.session() ->> 'sub' as sub, current_user::text`).toEqual([
      { user_id: 'alice', sub: 'alice', current_user: role },
    ])
    const sub = crypto.randomUUID()
    expect(await as(await token({ sub }))`select auth.uid()`).toEqual([{ uid: sub }])
  })

  test('sees the rows that policies let see, in batches too', async () => {
    const [alice, bob] = [as(await token({ sub: 'alice' })), as(await token({ sub: 'bob' }))]
    await alice`insert into notes (text) values ('hers')`
    await bob.transaction([bob`insert into notes (text) values ('his')`, bob`select 1`])
    expect(await alice`select * from notes`).toEqual([{ owner: 'alice', text: 'hers' }])
    expect(await bob.transaction([bob`select text from notes`])).toEqual([[{ text: 'his' }]])
    expect(await failure(bob`insert into notes (owner, text) values ('alice', 'forged')`)).toMatch(
      /row-level security/,
    )
  })

  test('leaves no trace for the next request on the connection', async () => {
    await as(await token({ sub: 'alice' }))`select 1`
    await failure(as(await token({ sub: 'alice' }))`select 1 / 0`)
    const sql = neon(endpoint.connectionString())
    expect(await sql`select auth.user_id(), current_user::text`).toEqual([
      { user_id: null, current_user: new URL(endpoint.upstream).username },
    ])
  })

  test('may take only the roles that the endpoint names', async () => {
    const valid = await token({ sub: 'alice' })
    const asRole = (name: string, { connectionString }: typeof endpoint) =>
      failure(as(valid, withoutPassword(connectionString(), name))`select 1`)
    for (const name of ['postgres', 'none', `${role}%20`, 'authenticated']) {
      expect(await asRole(name, endpoint)).toMatch(/--jwt-role/)
    }
    expect(await asRole(role, other)).toMatch(/--jwt-role/)
    for (const name of ['authenticated', 'anonymous']) {
      expect(await asRole(name, other)).not.toMatch(/--jwt-role/) // here the role need not exist
    }
  })

  test.each([
    ['has expired', { sub: 'alice', exp: 1 }],
    ['is not valid yet', { sub: 'alice', nbf: Math.floor(Date.now() / 1000) + 300 }],
  ])('is refused when it %s', async (_why, claims) => {
    expect(await failure(as(await token(claims))`select 1`)).toMatch(/^the JWT is not valid: /)
  })

  test('is refused when another key has signed it, or none', async () => {
    const stranger = await generateKeyPair('ES256')
    const unsigned = `${btoa('{"alg":"none"}')}.${btoa('{"sub":"alice"}')}.`.replaceAll('=', '')
    for (const forged of [await token({ sub: 'alice' }, stranger.privateKey), unsigned, 'nonsense']) {
      expect(await failure(as(forged)`select 1`)).toMatch(/^the JWT is not valid: /)
    }
  })

  test('is refused where the endpoint has no keys', async () => {
    const local = await startLocal({ upstream: endpoint.upstream })
    expect(await failure(as('any', withoutPassword(local.connectionString()))`select 1`)).toMatch(
      /name them with --jwks/,
    )
    await local.stop()
  })
})

describe('the keys', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-test-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test('come from a file or a URL', async () => {
    const file = join(folder, 'jwks.json')
    writeFileSync(file, JSON.stringify(jwks))
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => Response.json(jwks) })
    for (const source of [file, server.url.href]) {
      const local = await startLocal({ upstream: endpoint.upstream, jwks: source, jwtRoles: [role] })
      const sql = as(await token({ sub: 'alice' }), withoutPassword(local.connectionString()))
      expect(await sql`select auth.user_id()`).toEqual([{ user_id: 'alice' }])
      await local.stop()
    }
    await server.stop(true)
  })

  test.each(['/nowhere/jwks.json', import.meta.path])(
    'are refused at the start when %s has none',
    async (source) => {
      expect(await failure(startNeonLocal({ upstream: endpoint.upstream, jwks: source }))).toMatch(
        /^The JWKS .* can't be read\.$/,
      )
    },
  )

  test('functions of the same names that a database has already stay as they are', async () => {
    await other.direct`drop schema auth cascade`
    await other.direct`create schema auth`
    await other.direct`create function auth.user_id() returns text language sql as $$ select 'theirs' $$`
    const local = await startLocal({ upstream: other.upstream, jwks })
    expect([...(await other.direct`select auth.user_id()`)]).toEqual([{ user_id: 'theirs' }])
    await local.stop()
  })
})
