import { beforeEach, describe, expect, spyOn, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { Hono } from 'hono'
import { requestId } from 'hono/request-id'
import * as z from 'zod'
import { createStatements } from '../packages/migrate/src/kit.ts'
import type { Env } from '../src/http/env.ts'
import { logRequests } from '../src/http/log.ts'
import { respondWithProblem } from '../src/http/problem.ts'
import { validateBody } from '../src/http/validate.ts'
import * as fixtures from './fixtures/teams.ts'
import { db } from './support/db.ts'
import { isProblem, readAnswer, requestInit } from './support/exchange.ts'
import { services } from './support/http.ts'

const log = spyOn(console, 'log').mockImplementation(() => {})
const statements = await createStatements(fixtures)

/** The response of an app whose only handler runs `statement`, and what it logs. */
async function provoke(statement: string, body: object) {
  log.mockClear()
  const app = new Hono<Env>()
    .use(requestId(), logRequests)
    .onError(respondWithProblem)
    .post('/', validateBody(z.looseObject({})), async (c) => {
      await c.env.db.execute(sql.raw(statement))
      return c.body(null, 204)
    })
  const answer = await readAnswer(
    await app.request('/', requestInit('POST', { body }), services({ log: 'json' })),
  )
  expect(isProblem(answer)).toBe(true)
  const { fault = null } = JSON.parse(log.mock.calls.flat().join('\n'))
  expect(answer.text + fault).not.toContain('hunter22')
  const pointers = (answer.body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer)
  return { status: answer.status, pointers, detail: answer.body.detail, fault }
}

describe('a violated constraint is told by the field of the body', () => {
  beforeEach(async () => {
    for (const statement of statements) await db.execute(sql.raw(statement))
    await db.execute(sql`insert into teams values (1, 'hunter22', 'hunter22', 'hunter22')`)
    await db.execute(sql`insert into memberships values (1, 1)`)
  })

  const insert = (column: string, value: string) =>
    `insert into teams (id, display_name, ${column}) values (2, 'b', ${value})`
  const longName = 'name_of_the_invoice_recipient_as_the_tax_office_writes_it'

  test.each([
    ['unique', `insert into teams values (2, 'hunter22')`, 'displayName', 409],
    ['unique by an expression', insert('email_address', `'HUNTER22'`), 'emailAddress', 409],
    [
      'unique, with a name that Postgres cuts',
      insert(longName, `'hunter22'`),
      'nameOfTheInvoiceRecipient',
      409,
    ],
    ['primary key', `insert into teams values (1, 'b')`, 'id', 409],
    ['foreign key', insert('owner_id', '0'), 'ownerId', 422],
    ['check', insert('seats', '0'), 'seats', 422],
    ['not null', `insert into teams (id) values (2)`, 'displayName', 422],
  ])('%s', async (_, statement, property, status) => {
    const { detail, fault, ...told } = await provoke(statement, { [property]: 'hunter22' })
    expect(told).toEqual({ status, pointers: [`/${property}`] })
    expect(detail).toStartWith(`This ${property} `)
    // A field that the server filled in is none of the body's.
    expect(await provoke(statement, { name: 'hunter22' })).toMatchObject({ status, pointers: [] })
  })

  test.each([
    ['a key of two columns', `insert into memberships values (1, 1)`, 409],
    [
      'a check of two columns',
      `insert into teams (id, display_name, starts_on, ends_on) values (2, 'b', '2026-02-01', '2026-01-01')`,
      422,
    ],
    ['a text that is too long', `insert into teams values (2, 'hunter22 hunter22')`, 422],
    ['a table that the app does not know', `insert into pg_temp.strange values (1), (1)`, 409],
  ])('%s has no pointer', async (_, statement, status) => {
    await db.execute(sql`create temp table strange (id int primary key) on commit drop`)
    const body = { teamId: 1, userId: 1, startsOn: 1, endsOn: 1, displayName: 1, id: 1 }
    expect(await provoke(statement, body)).toMatchObject({ status, pointers: [] })
  })
})

describe('a SQLSTATE has one status', () => {
  const raise = (state: string) => `do $$ begin raise exception 'hunter22' using errcode = '${state}'; end $$`

  test.each([
    [409, '23505 23P01'],
    [422, '22001 22003 22007 22008 22021 22P02 22P05 23001 23502 23503 23514'],
    [500, '22012 42601 42804 XX000 P0001'],
    [503, '08000 08003 08006 25006 28000 28P01 3D000 40001 40P01 42501 42703 42P01'],
    [503, '53100 53200 53300 55P03 57014 57P01 57P02 57P03 58000 58030'],
  ])('%d: %s', async (status, states) => {
    for (const state of states.split(' ')) {
      const answer = await provoke(raise(state), {})
      expect([state, answer.status, answer.pointers]).toEqual([state, status, []])
      // The operator reads what to do; a caller's mistake is no fault.
      if (status === 503) expect(answer.fault).toMatch(new RegExp(`^SQLSTATE ${state}: [A-Z].*\\.$`))
      if (status < 500) expect(answer.fault).toBeNull()
    }
  })

  test.each([
    ['22003', `select 99999::int2`],
    ['22007', `select 'hunter22'::date`],
    ['22008', `select '2026-13-45'::date`],
    ['22021', `select convert_from('\\xff', 'UTF8')`],
    ['22P02', `select 'hunter22'::user_role`],
  ])('%s as the database itself reports it is 422', async (_, statement) => {
    expect(await provoke(statement, {})).toMatchObject({ status: 422, pointers: [] })
  })

  test.each([
    ['42P01', 'select * from hunter22', 'run make migrate-up'],
    ['42703', 'select hunter22 from users', 'run make migrate-up'],
    ['25006', 'do $$ begin set local transaction_read_only = on; delete from users; end $$', 'read-only'],
  ])(
    '%s as the database itself reports it is 503, and the log says what to do',
    async (state, statement, advice) => {
      const { status, fault } = await provoke(statement, {})
      expect([status, fault]).toEqual([
        503,
        expect.stringMatching(new RegExp(`^SQLSTATE ${state}: .*${advice}`)),
      ])
    },
  )
})
