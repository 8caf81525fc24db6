import { afterAll, beforeEach, describe, expect, spyOn, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { readFolder } from '../packages/migrate/src/folder.ts'
import { newestMigration } from '../src/db/migration.ts'
import type { Services } from '../src/http/env.ts'
import { PROJECT } from '../tools/migrate/project.ts'
import { db, hasTransactions } from './support/db.ts'
import { call, services } from './support/http.ts'

const log = spyOn(console, 'log').mockImplementation(() => {})
beforeEach(() => log.mockClear())
afterAll(() => log.mockRestore())

const migration = { tag: '0007_seventh', when: 1_700_000_000_007 }
const behind = 'The database is behind the code, which needs the migration 0007_seventh: run make migrate-up.'

/** The response of /ready, and the reason in the log. */
async function ready(changes: Partial<Services> = {}) {
  const { status, body } = await call('GET /ready', {
    with: { ...services({ log: 'json' }), migration, ...changes },
  })
  const { fault = null } = JSON.parse(log.mock.calls.flat().at(-1))
  return status === 200 ? { status, fault } : { status, type: body.type, detail: body.detail, fault }
}

const unavailable = (fault: string) => ({
  status: 503,
  type: 'urn:hearth:problem:unavailable',
  detail: 'The database is unavailable; try again shortly.',
  fault,
})

/** Records migrations as drizzle's own migrator does: by their date. */
async function applied(...dates: number[]) {
  await db.execute(sql`create schema if not exists drizzle`)
  await db.execute(
    sql`create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`,
  )
  for (const date of dates)
    await db.execute(sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('', ${date})`)
}

describe('/ready', () => {
  test('is 503 on a database that was never migrated', async () => {
    expect(await ready()).toEqual(unavailable(behind))
  })

  test('is 503 on a database that lacks the newest migration or is half way through it', async () => {
    await applied(migration.when - 1, -migration.when)
    expect(await ready()).toEqual(unavailable(behind))
  })

  test('is 200 on a database that has the newest migration, and newer ones', async () => {
    await applied(migration.when - 1, migration.when, migration.when + 1)
    expect(await ready()).toEqual({ status: 200, fault: null })
  })

  test.skipIf(!hasTransactions)('is 503 on a database that can only be read', async () => {
    await applied(migration.when)
    await db.transaction(
      async (tx) =>
        expect(await ready({ db: tx })).toEqual(
          unavailable('The database is read-only: after a failover, point DATABASE_URL at the primary.'),
        ),
      { accessMode: 'read only' },
    )
  })
})

test('the newest migration that the build knows is the last of the folder', () => {
  const { name = '', when = 0 } = readFolder(PROJECT.folder).migrations.at(-1) ?? {}
  expect(newestMigration).toMatchObject({ tag: name, when })
})
