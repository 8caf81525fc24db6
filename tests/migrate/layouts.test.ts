import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PATIENT_MS, tablesNamed, type World, withMigrations } from '../support/migrations.ts'

setDefaultTimeout(PATIENT_MS)

const COMMANDS = [
  ['create', '--message', 'x', '--empty'],
  ['up'],
  ['down', '--yes'],
  ['current'],
  ['history'],
  ['check', '--no-database'],
  ['plan'],
  ['stamp', '--rev', 'none'],
  ['drop'],
]

const LAYOUTS: { name: string; make: (world: World) => void; says: string }[] = [
  {
    name: 'a folder of drizzle-kit 1.0',
    make: (world) => {
      noJournal(world)
      migrationFolder(world)
    },
    says: 'as drizzle-kit 1.0 does it',
  },
  { name: 'a journal beside folders of drizzle-kit 1.0', make: migrationFolder, says: 'as drizzle-kit 1.0' },
  {
    name: 'SQL files without a journal, whatever their names begin with',
    make: (world) => {
      noJournal(world)
      world.edit('20240506070809_first.sql', 'create table a ()')
    },
    says: '_journal.json is not',
  },
]

function noJournal({ folder }: World): void {
  rmSync(join(folder, 'meta'), { recursive: true })
}

function migrationFolder({ folder }: World): void {
  mkdirSync(join(folder, '20240506070809_first'))
  writeFileSync(join(folder, '20240506070809_first/migration.sql'), 'create table a ()')
}

describe('every command refuses', () => {
  test.each(LAYOUTS)('$name', ({ make, says }) =>
    withMigrations([], async (world) => {
      make(world)
      for (const args of COMMANDS) {
        const { code, result } = await world.json(...args)
        expect([args[0], code, result.error]).toEqual([
          args[0],
          1,
          { code: 'broken_folder', message: expect.stringContaining(says) },
        ])
      }
      expect(await world.tables()).toEqual([])
    }),
  )
})

test('what drizzle-kit drop leaves behind hinders nothing', () =>
  withMigrations(tablesNamed('a'), async (world) => {
    noJournal(world)
    world.remove('0000_a.sql')
    expect(await world.migrate('up')).toMatchObject({ code: 0, out: expect.stringContaining('Nothing') })
  }))
