import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { PATIENT_MS, type World, withMigrations } from '../support/migrations.ts'

setDefaultTimeout(PATIENT_MS)

const DRIZZLE = resolve(import.meta.dir, '../../node_modules/drizzle-orm/pg-core/index.js')
const KIT = resolve(import.meta.dir, '../../node_modules/.bin/drizzle-kit')

/** Writes models whose table `people` has `columns`, and whatever `more` exports, and returns their file. */
function models({ folder }: World, columns: string, more = ''): string {
  const file = join(folder, `models-${Bun.hash(columns + more)}.ts`)
  const table = `pgTable('people', { id: pg.integer().primaryKey(), ${columns} })`
  writeFileSync(file, `import * as pg from '${DRIZZLE}'\nexport const people = pg.${table}\n${more}\n`)
  return file
}

/** Creates a migration to those models. */
const create = (world: World, columns: string, ...args: string[]) =>
  world.migrate('create', '--message', 'change people', '--models', models(world, columns), ...args)

const migrationsIn = ({ folder }: World) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
const read = ({ folder }: World, file: string) => readFileSync(join(folder, file), 'utf8')

describe('create', () => {
  test('writes both ways, which up and down then go', () =>
    withMigrations([], async (world) => {
      expect(await create(world, '')).toMatchObject({ code: 0, err: '' })
      await world.up()
      await world.sql`insert into people values (1), (2)`
      const { code, out } = await create(world, 'name: pg.text().notNull().unique()')
      expect(code).toBe(0)
      for (const words of [
        'Proved on a scratch database with 3 rows in each table',
        'in the up migration:\n  a number each in public.people.name',
        'The down migration loses:\n  values of column public.people.name',
        'blocks reads and writes of public.people: ALTER TABLE "people" ADD COLUMN "name" text;',
      ]) {
        expect(out).toContain(words)
      }
      expect(out).not.toContain(new URL(world.url).password)
      expect(migrationsIn(world)).toEqual([
        '0000_change_people.down.sql',
        '0000_change_people.sql',
        '0001_change_people.down.sql',
        '0001_change_people.sql',
      ])
      await world.up()
      expect([...(await world.sql`select name from people order by id`.values())]).toEqual([['1'], ['2']])
      const { result } = await world.json('down', '--yes')
      expect(result).toMatchObject({
        current: '0000_change_people',
        prices: [{ kind: 'loses', rows: 2, words: 'values of column public.people.name' }],
      })
      await world.up()
      const nothing = await create(world, 'name: pg.text().notNull().unique()')
      expect([nothing.code, nothing.out]).toEqual([0, expect.stringContaining('Nothing to migrate')])
      expect(migrationsIn(world)).toHaveLength(4)
    }))

  test('is understood by drizzle-kit, and understands it', () =>
    withMigrations([], async (world) => {
      await create(world, 'name: pg.text()')
      const kit = async (columns: string) => {
        const settings = { dialect: 'postgresql', schema: models(world, columns), out: '.' }
        world.edit('kit.json', JSON.stringify(settings))
        const run = (name: string) => Bun.$`${KIT} ${name} --config kit.json`.cwd(world.folder).quiet().text()
        return [await run('check'), await run('generate')]
      }
      const [checked, unchanged] = await kit('name: pg.text()')
      expect(checked).toContain("Everything's fine")
      expect(unchanged).toContain('nothing to migrate')
      await kit('name: pg.text(), age: pg.integer()')
      expect(migrationsIn(world)).toHaveLength(3)
      expect((await create(world, 'name: pg.text(), age: pg.integer()')).out).toContain('Nothing to migrate')
      const { code } = await create(world, 'name: pg.text(), age: pg.bigint({ mode: "number" })')
      expect([code, migrationsIn(world).length]).toEqual([0, 5])
    }))

  test('asks what became of what is gone, and never guesses', () =>
    withMigrations([], async (world) => {
      await create(world, 'name: pg.text()')
      const before = migrationsIn(world)
      const open = await create(world, 'label: pg.text()')
      expect([open.code, migrationsIn(world)]).toEqual([2, before])
      for (const flag of ['RENAME=people.name:label', 'DROP=people.name']) expect(open.out).toContain(flag)
      const wrong = await create(world, 'label: pg.text()', '--rename', 'people.nmae:label')
      expect([wrong.code, migrationsIn(world)]).toEqual([1, before])
      expect(wrong.err).toContain('people.nmae:label does not fit')

      expect(await create(world, 'label: pg.text()', '--rename', 'people.name:label')).toMatchObject({
        code: 0,
      })
      expect(read(world, '0001_change_people.sql')).toContain('RENAME COLUMN "name" TO "label"')
      expect(read(world, '0001_change_people.down.sql')).toContain('RENAME COLUMN "label" TO "name"')
      expect((await create(world, 'title: pg.text()', '--drop', 'people.label')).code).toBe(0)
      expect(read(world, '0002_change_people.sql')).toMatch(
        /loses values of column public\.people\.label \| select/,
      )
      const args = ['create', '--message', 'again', '--models', models(world, 'note: pg.text()')]
      const shown = await world.onTerminal('1\n', ...args)
      expect([shown.code, shown.out]).toEqual([
        0,
        expect.stringContaining('What became of the column people.title?'),
      ])
      expect(read(world, '0003_again.sql')).toContain('RENAME COLUMN "title" TO "note"')
    }))

  test('refuses a message that says nothing, and writes two empty files on demand', () =>
    withMigrations([], async (world) => {
      const silent = await world.migrate('create', '--models', models(world, ''))
      expect([silent.code, silent.err.trim().split('\n')]).toEqual([1, [expect.stringContaining('MSG=')]])
      expect(existsSync(join(world.folder, 'meta/0000_snapshot.json'))).toBe(false)
      const { code, result } = await world.json(
        'create',
        '--message',
        'Fill Größe!',
        '--empty',
        '--models',
        models(world, ''),
      )
      expect([code, result.isProved]).toEqual([0, true])
      expect(migrationsIn(world)).toEqual(['0000_fill_größe.down.sql', '0000_fill_größe.sql'])
      expect((await create(world, '')).code).toBe(0)
    }))

  test('says what blocks the down migration, and down counts it', () =>
    withMigrations([], async (world) => {
      await create(world, "kind: pg.varchar({ length: 9 }).notNull().default('a')")
      const { out } = await create(world, "kind: pg.text().default('a')")
      expect(out).toContain('rows with NULL in public.people.kind')
      await world.up()
      await world.sql`insert into people values (1, null), (2, 'longer than nine')`
      const { code, result } = await world.json('down', '--yes')
      expect([code, result.error.code]).toEqual([1, 'blocked'])
      for (const words of [
        '1 row with NULL in public.people.kind',
        '1 value unfit for varchar(9) in column public.people.kind',
      ]) {
        expect(result.error.message).toContain(words)
      }
    }))
})
