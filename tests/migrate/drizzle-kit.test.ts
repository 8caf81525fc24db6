import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { drizzle } from 'drizzle-orm/bun-sql'
import { migrate as migrateWithDrizzle } from 'drizzle-orm/bun-sql/migrator'
import { PATIENT_MS, tablesNamed, type World, withMigrations } from '../support/migrations.ts'

setDefaultTimeout(PATIENT_MS)

const BIN = resolve(import.meta.dir, '../../node_modules')

/** Applies the folder with drizzle's own migrator, the one that `drizzle-kit migrate` runs. */
const drizzleUp = ({ sql, folder }: World) =>
  migrateWithDrizzle(drizzle({ client: sql }), { migrationsFolder: folder })

describe("drizzle's own migrator", () => {
  test('goes on where this one stopped, and this one where that stopped', () =>
    withMigrations(tablesNamed('a'), async (world) => {
      const names = ['a', 'b', 'c', 'd']
      await world.up()
      world.write(tablesNamed(...names.slice(0, 2)))
      await drizzleUp(world)
      expect((await world.json('current')).result).toEqual({ current: '0001_b', pending: [] })
      world.write(tablesNamed(...names.slice(0, 3)))
      expect((await world.json('up')).result.applied).toMatchObject([{ name: '0002_c' }])
      world.write(tablesNamed(...names))
      await drizzleUp(world)
      expect(await world.tables()).toEqual(names)
      const { migrations } = (await world.json('history')).result
      for (const { state, appliedAt } of migrations) {
        expect(state).toBe('applied')
        expect(Date.parse(appliedAt)).toBeGreaterThan(0)
      }
    }))

  test('may come first; what it applied can be taken back, and it applies it again', () =>
    withMigrations(tablesNamed('a', 'b'), async (world) => {
      await drizzleUp(world)
      expect((await world.json('current')).result).toEqual({ current: '0001_b', pending: [] })
      expect((await world.json('history')).result.migrations[0]).toMatchObject({
        state: 'applied',
        appliedAt: null,
      })
      expect((await world.json('down', '--yes')).result.current).toBe('0000_a')
      expect(await world.tables()).toEqual(['a'])
      await drizzleUp(world)
      expect(await world.tables()).toEqual(['a', 'b'])
      expect((await world.json('up')).result).toEqual({ applied: [], current: '0001_b' })
    }))

  test('takes a migration that stopped half way for one not applied', () =>
    withMigrations(
      [...tablesNamed('a'), { name: '0001_half', up: '-- hearth: no-transaction\nselect 1 from nowhere' }],
      async (world) => {
        await world.migrate('up')
        expect((await world.json('history')).result.migrations[1].state).toBe('unfinished')
        world.edit('0001_half.sql', 'create table half ()')
        await drizzleUp(world)
        expect(await world.tables()).toEqual(['a', 'half'])
      },
    ))
})

test('drizzle-kit generates, migrates, checks and drops in the same folder', () =>
  withMigrations([], async (world) => {
    const models = join(world.folder, 'models.ts')
    const config = join(world.folder, 'drizzle.config.json')
    writeFileSync(
      config,
      JSON.stringify({
        dialect: 'postgresql',
        schema: './models.ts',
        out: '.',
        dbCredentials: { url: world.url },
      }),
    )
    const kit = async (...args: string[]) => {
      const child = Bun.spawn([join(BIN, '.bin/drizzle-kit'), ...args, '--config', config], {
        cwd: world.folder,
        stdout: 'ignore',
      })
      expect(await child.exited).toBe(0)
    }
    const table = (name: string) =>
      `export const ${name} = pgTable('${name}', { id: integer().primaryKey() })\n`
    const source = `import { integer, pgTable } from '${BIN}/drizzle-orm/pg-core/index.js'\n${table('a')}`

    writeFileSync(models, source)
    await kit('generate', '--name', 'a')
    world.edit('0000_a.down.sql', 'drop table a')
    expect((await world.json('up')).result.current).toBe('0000_a')
    writeFileSync(models, source + table('b'))
    await kit('generate', '--name', 'b')
    await kit('check')
    await kit('migrate')
    expect((await world.json('current')).result).toEqual({ current: '0001_b', pending: [] })
    world.edit('0001_b.down.sql', 'drop table b')
    expect((await world.json('down', '--yes')).result.current).toBe('0000_a')

    await dropLast(config, world.folder)
    expect(existsSync(join(world.folder, '0001_b.sql'))).toBe(false)
    expect(readdirSync(join(world.folder, 'meta'))).toEqual(['0000_snapshot.json', '_journal.json'])
    expect((await world.json('up')).result).toEqual({ applied: [], current: '0000_a' })
  }))

/** Answers the menu of `drizzle-kit drop`, in which the last migration is chosen already, with the return key. */
async function dropLast(config: string, cwd: string): Promise<void> {
  const command = [join(BIN, '.bin/drizzle-kit'), 'drop', '--config', config]
  const child = Bun.spawn(command, { cwd, terminal: { cols: 200, rows: 24 } })
  // More than once: the menu shows a moment before it listens.
  const typing = setInterval(() => child.terminal?.write('\r'), 100)
  expect(await child.exited).toBe(0)
  clearInterval(typing)
}
