import { expect, setDefaultTimeout, test } from 'bun:test'
import { customType, pgEnum } from 'drizzle-orm/pg-core'
import { snapshotOf } from '../../packages/migrate/src/kit.ts'
import { type Hazards, hazardsOf } from '../../packages/migrate/src/plan/hazards.ts'
import { modelOf } from '../../packages/migrate/src/plan/model.ts'
import { plan } from '../../packages/migrate/src/plan/plan.ts'
import { withSession } from '../../packages/migrate/src/run/session.ts'
import { withScratchDatabase } from '../support/scratch.ts'
import { t } from './cases/case.ts'
import { TYPES } from './type-values.ts'

// `make test-conversions` tries all pairs; a sample of them is enough to see that the counts still work.
const EVERY = Number(process.env.CONVERSIONS_EVERY ?? 9)

setDefaultTimeout(600_000)

const mood = pgEnum('mood', ['sad', '1', '007', 'true', 'abc'])

function modelWith(type: string) {
  const column = type === 'mood' ? mood('v') : customType<{ data: string }>({ dataType: () => type })('v')
  return modelOf(snapshotOf({ mood, ...t({ v: column }) }))
}

type Query = (sql: string) => Promise<Record<string, unknown>[]>
type Way = { statements: string[] } & Hazards
type Fate = 'kept' | 'lost' | 'stopped'

test('every change of type and back keeps a value, or says beforehand that it does not', () =>
  withScratchDatabase(async (url) => {
    const counts = new Map<string, number>()
    const wrong: string[] = []
    const names = Object.keys(TYPES)
    await withSession(url, ({ query }) =>
      query(`create type mood as enum ('sad', '1', '007', 'true', 'abc')`),
    )
    for (const [place, from] of names.entries()) {
      const targets = names.filter((to, n) => to !== from && (place + n) % EVERY === 0)
      // A connection each: one that has seen thousands of types come and go becomes slow.
      await withSession(url, async ({ query }) => {
        for (const to of targets) {
          for (const { value, said, seen } of await fates(query, from, to)) {
            const result = `${seen}, announced as ${said}`
            counts.set(result, (counts.get(result) ?? 0) + 1)
            if (seen !== said) wrong.push(`${from} -> ${to}: ${value} is ${result}`)
          }
        }
      })
    }
    if (EVERY === 1) console.log(Object.fromEntries([...counts].sort()))
    expect(wrong).toEqual([])
  }))

async function fates(query: Query, from: string, to: string) {
  const [before, after] = [modelWith(from), modelWith(to)]
  const up = withHazards(plan(before, after))
  const down = withHazards(plan(after, before, [], true))
  const all: { value: string; said: Fate; seen: Fate }[] = []
  await query(`begin; create table t (id integer primary key, v ${from})`)
  for (const value of TYPES[from] ?? []) {
    await query(`savepoint empty; insert into t values (1, '${value.replaceAll("'", "''")}')`)
    all.push({ value, said: await announced(query, up), seen: await wentThrough(query, up, down) })
    await query('rollback to empty')
  }
  await query('rollback')
  return all
}

const withHazards = (way: ReturnType<typeof plan>): Way => ({ ...way, ...hazardsOf(way.comparison) })

async function announced(query: Query, { loses, blockedBy }: Hazards): Promise<Fate> {
  for (const { count } of blockedBy) if ((await number(query, count)) > 0) return 'stopped'
  for (const { count } of loses) if ((await number(query, count)) > 0) return 'lost'
  return 'kept'
}

async function number(query: Query, sql: string): Promise<number> {
  await query('savepoint counted')
  const last: unknown = (await query(sql)).at(-1)
  await query('rollback to counted')
  const row = (Array.isArray(last) ? last[0] : last) as Record<string, unknown>
  return Number(Object.values(row)[0])
}

async function wentThrough(query: Query, up: Way, down: Way): Promise<Fate> {
  const value = async () => (await query('select v::text as v from t'))[0]?.v
  const start = await value()
  await query('savepoint going')
  try {
    for (const sql of up.statements) await query(sql)
  } catch {
    await query('rollback to going')
    return 'stopped'
  }
  try {
    for (const sql of down.statements) await query(sql)
    return (await value()) === start ? 'kept' : 'lost'
  } catch {
    await query('rollback to going')
    return 'lost'
  }
}
