import { describe, expect, test } from 'bun:test'
import { isPlainRead, transactionControl } from '../../packages/sandbox/src/statements.ts'

describe('what would end a transaction', () => {
  test.each([
    ['commit', 'commit'],
    ['  COMMIT work ', 'COMMIT work'],
    ['select 1; rollback', 'rollback'],
    ['start   transaction', 'start   transaction'],
    ["prepare transaction 'x'", 'prepare transaction'],
    ['-- so\nend', 'end'],
    ['rollback to mine', 'rollback to mine'],
  ])('is found in %j', (query, found) => {
    expect(transactionControl(query, false)).toBe(found)
  })

  test.each([
    "select 'x; commit'",
    'select "end" from t',
    'do $$ begin perform 1; end $$',
    'do $f$ begin perform 1; end $f$',
    "select 'it''s; commit'",
    'select case when true then 1 end',
    '/* commit */ select 1',
    'prepare p as select 1',
  ])('is not in %j', (query) => {
    expect(transactionControl(query, false)).toBeNull()
  })

  test('is no savepoint in one’s own transaction', () => {
    for (const query of ['savepoint a', 'release a', 'rollback to savepoint a', 'rollback work to a'])
      expect([query, transactionControl(query, true)]).toEqual([query, null])
    expect(transactionControl('rollback', true)).toBe('rollback')
  })
})

describe('a plain read', () => {
  test.each([
    'select "id" from "users" where "updated_at" > now()',
    'select count(*) from "users" where ("id" in ($1, $2))',
    "select 'delete from x' as text",
  ])('is %j', (query) => {
    expect(isPlainRead(query)).toBe(true)
  })

  test.each([
    'insert into t values (1)',
    'with gone as (delete from t returning 1) select * from gone',
    'select * from t for update',
    'select nextval($1)',
    'select my_function()',
    'select pg_advisory_lock(1)',
    'select 1; delete from t',
    'select * into copy from t',
  ])('is not %j', (query) => {
    expect(isPlainRead(query)).toBe(false)
  })
})
