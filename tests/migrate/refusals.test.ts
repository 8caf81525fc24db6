import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { type Fixture, PATIENT_MS, tablesNamed, type World, withMigrations } from '../support/migrations.ts'

setDefaultTimeout(PATIENT_MS)

const three = tablesNamed('a', 'b', 'c')

/** What makes `up` refuse, and how: each starts with the first two of three migrations applied. */
const CASES: { name: string; change: (world: World) => unknown; code: string; says: string[] }[] = [
  {
    name: 'an edited file',
    change: ({ edit }) => edit('0001_b.sql', 'create table b (id int);'),
    code: 'edited',
    says: ['0001_b.sql was edited', 'make migrate-down TO=0000_a', 'make migrate-stamp REV=0001_b'],
  },
  {
    name: 'an applied file that is gone',
    change: ({ remove }) => remove('0000_a.sql'),
    code: 'missing',
    says: ['0000_a.sql is in the journal but not in the folder'],
  },
  {
    name: 'a pending file that is gone',
    change: ({ remove }) => remove('0002_c.sql'),
    code: 'missing',
    says: ['0002_c.sql is in the journal but not in the folder'],
  },
  {
    name: 'an older migration that a merge brought in late',
    change: ({ write }) =>
      write([
        { name: '0000_late', up: 'create table late ()', date: -1 },
        ...three.map((one, date) => ({ ...one, date })),
      ]),
    code: 'out_of_order',
    says: ['0000_late is older than 0001_b', 'make migrate-down TO=none', 'make migrate-create'],
  },
  {
    name: 'a journal whose dates are not in order',
    change: ({ write }) => write([...three, { name: '0003_d', up: 'create table d ()', date: 1 }]),
    code: 'broken_folder',
    says: ['0003_d comes after 0002_c but is not dated after it', 'make migrate-drop'],
  },
  {
    name: 'an applied migration that the folder lacks',
    change: ({ sql }) =>
      sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('of another branch', 1700000009000)`,
    code: 'unknown_applied',
    says: ['dated 2023-11-14T22:13:29.000Z', 'another branch', 'make migrate-stamp REV=0001_b'],
  },
  {
    name: 'a file that the journal lacks',
    change: ({ edit }) => edit('0003_stray.sql', 'create table stray ()'),
    code: 'broken_folder',
    says: ['0003_stray.sql is not in meta/_journal.json'],
  },
  {
    name: 'a journal with the marks of a merge',
    change: ({ edit }) => edit('meta/_journal.json', '<<<<<<< HEAD\n{}'),
    code: 'broken_folder',
    says: ['_journal.json is no journal', 'a merge'],
  },
  {
    name: 'a file that commits',
    change: ({ edit }) => edit('0002_c.sql', 'create table c ();\n/* ; */ COMMIT;\ncreate table d ();'),
    code: 'own_transaction',
    says: ['0002_c.sql:1 begins or ends a transaction'],
  },
]

describe('up refuses, says what to do, and changes nothing', () => {
  test.each(CASES)('$name', ({ change, code, says }) =>
    withMigrations(three, async (world) => {
      await world.up('0001')
      await change(world)
      const before = await world.sql`select * from drizzle.__drizzle_migrations order by id`
      const refused = await world.json('up')
      expect(refused).toMatchObject({ code: 1, result: { error: { code } } })
      for (const words of says) expect(refused.result.error.message).toContain(words)
      expect(await world.tables()).toEqual(['a', 'b'])
      expect(await world.sql`select * from drizzle.__drizzle_migrations order by id`).toEqual(before)
    }),
  )
})

test('what the refusal of an edited file proposes works: back, and up again', () =>
  withMigrations(tablesNamed('a', 'b'), async ({ migrate, edit, sql, up }) => {
    await up()
    edit('0001_b.sql', 'create table b (id int, more int);')
    expect((await migrate('down', '--to', '0000_a', '--yes')).code).toBe(0)
    expect((await migrate('up')).code).toBe(0)
    expect(await sql`select more from b`).toEqual([])
  }))

test('what the refusal of a late migration proposes works: back, and up in order', () =>
  withMigrations(tablesNamed('a'), async ({ migrate, json, write, tables, up }) => {
    const [a, b, c] = tablesNamed('a', 'b', 'c') as [Fixture, Fixture, Fixture]
    write([a, { ...c, date: 2 }])
    await up()
    write([a, { ...b, date: 1 }, { ...c, date: 2 }])
    expect((await json('up')).result.error.code).toBe('out_of_order')
    expect((await migrate('down', '--to', '0000_a', '--yes')).code).toBe(0)
    expect((await json('up')).result.applied.map(({ name }: { name: string }) => name)).toEqual([
      '0001_b',
      '0002_c',
    ])
    expect(await tables()).toEqual(['a', 'b', 'c'])
  }))

describe('a transaction of the file is distinguished from what only looks like one', () => {
  test.each([
    'start transaction; create table x ();',
    'create table x (); end; -- an old word for commit',
    '/* ; */ ROLLBACK and chain',
  ])('refused: %s', (up) =>
    withMigrations([{ name: '0000_x', up }], async ({ json, tables }) => {
      expect((await json('up')).result.error?.code).toBe('own_transaction')
      expect(await tables()).toEqual([])
    }),
  )

  test('run: bodies, strings, comments, savepoints', () => {
    const up = [
      "do $body$ begin perform 'commit; x'; end $body$;",
      'create function f() returns int begin atomic select 1; end;',
      "comment on schema public is E'it\\'s; commit';",
      'savepoint s; /* ; commit; */ rollback to savepoint s; -- ; commit',
      'create table "x; commit" ();',
    ]
    return withMigrations([{ name: '0000_x', up: up.join('\n') }], async ({ migrate, tables }) => {
      expect(await migrate('up')).toMatchObject({ code: 0, err: '' })
      expect(await tables()).toEqual(['x; commit'])
    })
  })
})
