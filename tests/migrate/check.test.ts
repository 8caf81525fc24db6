import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { snapshotOf } from '../../packages/migrate/src/kit.ts'
import { type Fixture, PATIENT_MS, type World, withMigrations } from '../support/migrations.ts'

setDefaultTimeout(PATIENT_MS)

const PG_CORE = resolve(import.meta.dir, '../../node_modules/drizzle-orm/pg-core/index.js')
const CREATE: Fixture = { name: '0000_a', up: 'create table a (id int primary key)', down: 'drop table a' }
const ADD: Fixture = { name: '0001_n', up: 'alter table a add n int', down: 'alter table a drop n' }

/** Writes models of one table `a`, whose columns beside `id` are `columns`, and returns their file. */
function modelsOf({ folder }: World, columns = 'n: integer()'): string {
  const file = join(folder, `models-${Bun.hash(columns)}.ts`)
  const table = `pgTable('a', { id: integer().primaryKey(), ${columns} })`
  writeFileSync(file, `import { integer, pgTable } from '${PG_CORE}'\nexport const a = ${table}\n`)
  return file
}

async function check(world: World, columns?: string) {
  const { code, result } = await world.json('check', '--models', modelsOf(world, columns))
  return { code, findings: result }
}

describe('check', () => {
  test('finds nothing where the three agree, pending migrations or not', () =>
    withMigrations([CREATE, ADD], async (world) => {
      await world.up('0000')
      const { code, findings } = await check(world)
      expect([code, findings]).toEqual([0, { ok: true, migrations: [], models: [], database: [] }])
      await world.up()
      expect((await check(world)).code).toBe(0)
      const unreachable = 'postgres://nobody:s3cret@127.0.0.1:1/nowhere'
      const { code: failed, err } = await world.migrateOn(unreachable, 'check', '--models', modelsOf(world))
      expect([failed, err]).toEqual([1, expect.stringContaining('The database does not answer')])
    }))

  test('says that the models moved', () =>
    withMigrations([CREATE, ADD], async (world) => {
      world.edit('meta/0001_snapshot.json', JSON.stringify(snapshotOf({})))
      const { code, findings } = await check(world, 'n: integer(), more: integer()')
      expect(code).toBe(1)
      expect(findings.models).toEqual([
        expect.stringContaining('make migrate-create'),
        expect.stringContaining('column public.a.more: missing'),
      ])
      expect([findings.migrations, findings.database]).toEqual([[], []])
    }))

  test('says that the migrations were changed by hand, where their snapshot still is that of the models', () =>
    withMigrations([CREATE, { ...ADD, up: 'alter table a add n bigint' }], async (world) => {
      const models = await import(modelsOf(world))
      world.edit('meta/0001_snapshot.json', JSON.stringify(snapshotOf(models)))
      const { code, findings } = await check(world)
      expect(code).toBe(1)
      expect(findings.models).toEqual([
        expect.stringContaining('does not do what their last snapshot says'),
        expect.stringContaining('column public.a.n: type is bigint, expected integer'),
      ])
    }))

  test('says that the database moved', () =>
    withMigrations([CREATE, ADD], async (world) => {
      await world.up()
      await world.sql`create index by_hand on a (n)`
      const { code, findings } = await check(world)
      expect(code).toBe(1)
      expect(findings.database).toEqual([
        expect.stringContaining('was changed by something other than its migrations'),
        'index public.by_hand: not expected',
      ])
      expect([findings.migrations, findings.models]).toEqual([[], []])
    }))

  test('names an edited file, a down migration that does not lead back, and one that is not there', () =>
    withMigrations([CREATE, { ...ADD, down: 'select 1' }], async (world) => {
      await world.up()
      world.edit('0000_a.sql', 'create table a (id int primary key); --')
      const { code, findings } = await check(world)
      expect(code).toBe(1)
      expect(findings.database).toEqual([expect.stringContaining('0000_a.sql was edited')])
      expect(findings.migrations).toEqual([
        '0001_n: after its down migration, column public.a.n: not expected',
      ])
      world.remove('0001_n.down.sql')
      expect((await check(world)).findings.migrations).toEqual([
        "0000_a: its down migration can't be tried, since 0001_n has none",
        '0001_n: has no down migration',
      ])
    }))

  test('names a migration that does not run from empty', () =>
    withMigrations([CREATE, { ...ADD, up: 'alter table b add n int' }], async (world) => {
      const { code, findings } = await check(world)
      expect(code).toBe(1)
      expect(findings).toEqual({
        ok: false,
        migrations: [expect.stringContaining('0001_n.sql:1: relation "b" does not exist')],
      })
    }))
})
