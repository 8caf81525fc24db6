import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { startNeonLocal } from '@hearth/neon-local'
import { Client } from '@neondatabase/serverless'
import pg from 'pg'
import { eventually, postSql, startEndpoint, startLocal } from '../../../tests/support/neon-local.ts'
import { certificateFor } from './support/certificate.ts'
import { type Front, startFront } from './support/front.ts'

// Encryption between the endpoint and Postgres.
const folder = mkdtempSync(join(tmpdir(), 'hearth-test-'))
const certificate = certificateFor('localhost')
const root = join(folder, 'root.pem')
writeFileSync(root, certificate.cert)
const direct = await startEndpoint()
afterAll(async () => {
  await direct.close()
  rmSync(folder, { recursive: true })
})

/** Runs `work` at an endpoint whose upstream is behind a `Front`, under this name and with these parameters. */
async function behind<T>(
  front: Omit<Parameters<typeof startFront>[1], 'path'>,
  host: string,
  parameters: string,
  work: (local: Awaited<ReturnType<typeof startNeonLocal>>, front: Front) => Promise<T>,
): Promise<T> {
  const server = await startFront(direct.upstream, front)
  const url = Object.assign(new URL(direct.upstream), {
    hostname: host,
    port: server.port,
    search: parameters,
  })
  const local = await startLocal({ upstream: url.href })
  try {
    return await work(local, server)
  } finally {
    await local.stop()
    server.stop()
  }
}

const encrypting = { answer: 'S', certificate } as const

/** The answer of `select 1` by each way to ask. */
async function overAllWays(local: Awaited<ReturnType<typeof startNeonLocal>>): Promise<unknown[]> {
  const overHttp = await postSql(local, { query: 'select 1 as n' })
  const answers: unknown[] = [overHttp.body.rows ?? overHttp.body.message]
  for (const client of [new Client(local.connectionString()), new pg.Client(local.connectionString())]) {
    answers.push(await ask(client as pg.Client))
  }
  return answers
}

async function ask(client: pg.Client): Promise<unknown> {
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query('select 1 as n')).rows
  } catch (error) {
    return (error as Error).message
  } finally {
    await client.end().catch(() => {})
  }
}

describe('the connection to Postgres', () => {
  test.each([
    ['require', 'sslmode=require'],
    ['verify-ca', `sslmode=verify-ca&sslrootcert=${root}`],
    ['verify-full', `sslmode=verify-full&sslrootcert=${root}`],
    ['prefer', 'sslmode=prefer'],
  ])('is encrypted with %s, by HTTP, WebSocket and Postgres’s own protocol', async (_mode, parameters) => {
    await behind(encrypting, 'localhost', parameters, async (local, { seen }) => {
      expect(await overAllWays(local)).toEqual([[{ n: 1 }], [{ n: 1 }], [{ n: 1 }]])
      expect([seen.plain, seen.encrypted]).toEqual([[], 3])
    })
  })

  test('is cancelled over TLS too', async () => {
    await behind(encrypting, 'localhost', 'sslmode=require', async (local, { seen }) => {
      const client = new pg.Client(local.connectionString())
      client.on('error', () => {})
      await client.connect()
      const query = client.query('select pg_sleep(69)').catch((error) => error.message)
      const sleeping = async () =>
        (await direct.direct`select 1 from pg_stat_activity where query = 'select pg_sleep(69)'`).length
      expect(await eventually(sleeping, 1)).toBe(1)
      await local.stop()
      expect(await eventually(sleeping, 0)).toBe(0)
      expect(await query).toBeString()
      expect(seen.plain).toEqual([])
    })
  })

  test.each([
    ['the certificate is not trusted', 'localhost', 'sslmode=verify-full', /SELF_SIGNED|self.signed/i],
    ['the name is another', '127.0.0.1', `sslmode=verify-full&sslrootcert=${root}`, /ALTNAME|altnames/i],
  ])('is refused when %s', async (_why, host, parameters, reason) => {
    await behind(encrypting, host, parameters, async (local, { seen }) => {
      for (const answer of await overAllWays(local)) expect(answer).toMatch(reason)
      expect(seen.plain).toEqual([])
    })
  })

  test.each(['require', 'verify-ca', 'verify-full'])(
    'is refused with %s when Postgres has no TLS, and nothing is sent in clear text',
    async (mode) => {
      await behind({ answer: 'N' }, 'localhost', `sslmode=${mode}`, async (local, { seen }) => {
        for (const answer of await overAllWays(local)) expect(answer).toMatch(/TLS|SSL/)
        expect(seen.plain).toEqual([])
      })
    },
  )

  test.each(['sslmode=prefer', 'sslmode=allow', 'sslmode=disable', ''])(
    'is in clear text with %p when Postgres has no TLS',
    async (parameters) => {
      await behind({ answer: 'N' }, '127.0.0.1', parameters, async (local, { seen }) => {
        expect(await overAllWays(local)).toEqual([[{ n: 1 }], [{ n: 1 }], [{ n: 1 }]])
        expect(seen.plain.length).toBe(3)
      })
    },
  )
})
