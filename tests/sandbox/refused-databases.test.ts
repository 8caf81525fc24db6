import { describe, expect, test } from 'bun:test'
import {
  asAdmin,
  at,
  base,
  dump,
  on,
  outcome,
  PRECIOUS,
  preciousRow,
  serverAt,
  useDatabase,
} from './refusals.ts'

useDatabase()

describe('a database', () => {
  test.each([
    [PRECIOUS, 'has tables that the tests did not create (precious)'],
    [`create schema shop; ${PRECIOUS}; alter table precious set schema shop`, '(shop.precious)'],
    [
      `${PRECIOUS}; create schema drizzle; create table drizzle.__drizzle_migrations ()`,
      'has a migrations table (drizzle.__drizzle_migrations)',
    ],
    [`${PRECIOUS}; create table _prisma_migrations ()`, 'has a migrations table (_prisma_migrations)'],
    [`${PRECIOUS}; create table alembic_version ()`, 'has a migrations table (alembic_version)'],
    ['create view totals as select 1 as n', '(totals)'],
    ['create sequence invoice_numbers', '(invoice_numbers)'],
    ['create schema sandbox; create table sandbox.castles ()', '(schema sandbox)'],
  ])('with %p is refused, and keeps it', async (statements, what) => {
    await on(base, statements)
    const before = await dump(base)
    for (const worker of [undefined, '1']) {
      const message = await outcome(() => serverAt(at(base)).open(worker))
      expect(message).toStartWith(`SandboxError: The test database "${base}" has `)
      expect(message).toContain(what)
      expect(message).toContain(`SANDBOX_RESET=${base}`)
    }
    expect(await outcome(() => serverAt(at(base)).openScratch())).toContain(what)
    expect(await dump(base)).toEqual(before)
  })

  test('that the tests made is refused once other tables are in it, whatever the blueprint', async () => {
    expect(await outcome(() => serverAt(at(base)).open())).toBe('opened')
    await on(base, PRECIOUS)
    for (const fingerprint of ['first', 'second']) {
      expect(await outcome(() => serverAt(at(base), '', fingerprint).open())).toContain('(precious)')
    }
    expect(await preciousRow(base)).toBe(7)
  })

  test('that was restored over one that the tests made is refused', async () => {
    expect(await outcome(() => serverAt(at(base)).open())).toBe('opened')
    await on(base, 'drop table made; create table made as select 7 as n')
    expect(await outcome(() => serverAt(at(base), '', 'second').open())).toContain('(made)')
    expect(await on(base, 'select n from made')).toEqual([{ n: 7 }])
  })

  test('that the tests made is made again for another blueprint, and keeps what they did not make', async () => {
    await on(base, "create type size as enum ('small'); create extension pg_trgm")
    expect(await outcome(() => serverAt(at(base)).open())).toBe('opened')
    expect(await outcome(() => serverAt(at(base), '', 'second').open())).toBe('opened')
    expect(await on(base, `select 'small'::size as size, show_trgm('a') is not null as extension`)).toEqual([
      { size: 'small', extension: true },
    ])
  })

  test('is emptied when SANDBOX_RESET names it, and not when it names another one', async () => {
    await on(base, `${PRECIOUS}; create schema drizzle; create table drizzle.__drizzle_migrations ()`)
    process.env.SANDBOX_RESET = 'another'
    expect(await outcome(() => serverAt(at(base)).open())).toContain('has a migrations table')
    process.env.SANDBOX_RESET = base
    expect(await outcome(() => serverAt(at(base), at(base)).open())).toContain('is the database of the app')
    expect(await preciousRow(base)).toBe(7)
    expect(await outcome(() => serverAt(at(base)).open())).toBe('opened')
    const tables = await on(
      base,
      `select table_name as name from information_schema.tables where table_schema in ('public', 'drizzle')`,
    )
    expect(tables).toEqual([{ name: 'made' }])
  })
})

test.each(['_1', '_template', '_scratch_00000000'])(
  'a database called …%s that is not the tests’ is kept',
  async (suffix) => {
    await asAdmin(`create database ${base}${suffix}`)
    await on(base + suffix, PRECIOUS)
    const open = () =>
      suffix.startsWith('_scratch') ? serverAt(at(base)).openScratch() : serverAt(at(base)).open('1')
    expect(await outcome(open)).toContain(
      `The test database "${base + suffix}" has tables that the tests did not create`,
    )
    expect(await preciousRow(base + suffix)).toBe(7)
  },
)
