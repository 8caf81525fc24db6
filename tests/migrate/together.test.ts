import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { PATIENT_MS, tablesNamed, withMigrations } from '../support/migrations.ts'

setDefaultTimeout(PATIENT_MS)

describe('with others at the same database', () => {
  test('eight at once apply each migration once', () =>
    withMigrations(
      [
        ...tablesNamed('a', 'b', 'c'),
        { name: '0003_rows', up: 'insert into a values (1); select pg_sleep(0.05);' },
      ],
      async ({ json, sql, tables }) => {
        const ended = await Promise.all(Array.from({ length: 8 }, () => json('up')))
        expect(ended.map(({ code }) => code)).toEqual(Array(8).fill(0))
        const applied = ended.flatMap(({ result }) =>
          result.applied.map(({ name }: { name: string }) => name),
        )
        expect(applied.sort()).toEqual(['0000_a', '0001_b', '0002_c', '0003_rows'])
        expect(await tables()).toEqual(['a', 'b', 'c'])
        expect(await sql`select from drizzle.__drizzle_migrations`).toHaveLength(4)
      },
    ))

  test('a lock that somebody holds is waited for, but not without limit', () =>
    withMigrations(
      [...tablesNamed('a'), { name: '0001_wide', up: 'alter table a add column b int;' }],
      async ({ migrate, sql, up }) => {
        await up('0000')
        await sql.begin(async (tx) => {
          await tx`select * from a`
          const { code, err } = await migrate('up', '--lock-timeout', '1')
          expect(code).toBe(1)
          expect(err).toContain('0001_wide.sql:1: gave up after 1 s of waiting for a lock')
          expect(err).toContain('LOCK_TIMEOUT=60')
        })
        expect((await migrate('up')).code).toBe(0)
      },
    ))
})
