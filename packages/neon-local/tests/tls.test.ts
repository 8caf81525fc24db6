import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startNeonLocal, useNeonLocal } from '@hearth/neon-local'
import { Client, neonConfig } from '@neondatabase/serverless'
import pg from 'pg'
import { postSql, startEndpoint, startLocal } from '../../../tests/support/neon-local.ts'
import { certificateFor } from './support/certificate.ts'

// Encryption between clients and the endpoint.
const folder = mkdtempSync(join(tmpdir(), 'hearth-test-'))
const certificate = certificateFor('localhost')
const root = join(folder, 'root.pem')
writeFileSync(root, certificate.cert)
const endpoint = await startEndpoint({ tls: certificate, hostname: 'localhost' })
const ca = certificate.cert
afterAll(async () => {
  await endpoint.close()
  rmSync(folder, { recursive: true })
})

const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error) => error.message,
  )

/** What a pg client says to a query. */
async function overPg(ssl: pg.ClientConfig['ssl']): Promise<unknown> {
  const { username, password, pathname } = new URL(endpoint.connectionString())
  const client = new pg.Client({
    host: 'localhost',
    port: endpoint.port,
    user: username,
    password: decodeURIComponent(password),
    database: pathname.slice(1),
    ssl,
  })
  client.on('error', () => {})
  await client.connect()
  const { rows } = await client.query('select 1 as n')
  await client.end()
  return rows
}

describe('an endpoint with a certificate', () => {
  test('is named by https and sslmode=require', () => {
    expect(endpoint.url).toBe(`https://localhost:${endpoint.port}`)
    expect(endpoint.connectionString()).toEndWith('?sslmode=require')
  })

  test('serves HTTP', async () => {
    const response = await fetch(`${endpoint.url}/sql`, {
      method: 'POST',
      headers: { 'Neon-Connection-String': endpoint.connectionString() },
      body: '{"query":"select 1 as n"}',
      tls: { ca },
    })
    expect((await response.json()).rows).toEqual([{ n: 1 }])
  })

  test('serves WebSockets, by the settings for it', async () => {
    const { fetchEndpoint, wsProxy, useSecureWebSocket, coalesceWrites } = neonConfig
    useNeonLocal(neonConfig, 4444, { tls: true })
    const client = new Client(endpoint.connectionString())
    client.neonConfig.webSocketConstructor = class extends WebSocket {
      constructor(url: string) {
        super(url, { tls: { ca } } as never)
      }
    }
    await client.connect()
    expect((await client.query('select 1 as n')).rows).toEqual([{ n: 1 }])
    await client.end()
    Object.assign(neonConfig, { fetchEndpoint, wsProxy, useSecureWebSocket, coalesceWrites })
  })

  test('serves Postgres’s own protocol', async () => {
    expect(await overPg({ ca })).toEqual([{ n: 1 }])
  })

  test.skipIf(!Bun.which('psql'))('serves psql, which checks the certificate', async () => {
    const url = Object.assign(new URL(endpoint.connectionString()), {
      search: `sslmode=verify-full&sslrootcert=${root}`,
    })
    const child = Bun.spawn(['psql', url.href, '-Atc', 'select 1'], { stdout: 'pipe' })
    expect(await new Response(child.stdout).text()).toBe('1\n')
  })

  test('refuses connections in clear text, and says what to do', async () => {
    expect(await failure(overPg(false))).toBe(
      'This endpoint serves encrypted connections only: use sslmode=require.',
    )
    const response = await fetch(`http://localhost:${endpoint.port}/sql`, { method: 'POST' })
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining('begin its URL with https'),
    ])
  })

  test('refuses web pages too', async () => {
    const response = await fetch(`${endpoint.url}/sql`, {
      method: 'POST',
      headers: { Origin: 'https://evil.example' },
      tls: { ca },
    })
    expect(response.status).toBe(403)
  })
})

test('without a certificate, TLS is declined', async () => {
  const plain = await startLocal({ upstream: endpoint.upstream })
  const handshake = await failure(
    fetch(`https://127.0.0.1:${plain.port}/sql`, { method: 'POST', tls: { ca } }),
  )
  expect(handshake).not.toBe('no error')
  expect((await postSql(plain, { query: 'select 1' })).status).toBe(200) // and it goes on
  await plain.stop()
})

test('a certificate that can not be used is refused at the start', async () => {
  const upstream = endpoint.upstream
  expect(await failure(startNeonLocal({ upstream, tls: { cert: 'nonsense', key: certificate.key } }))).toBe(
    "The certificate or its key can't be used; both must be PEM.",
  )
})
