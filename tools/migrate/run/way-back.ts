import { inTransaction, type Session } from './session.ts'
import type { Entry } from './status.ts'

/** What a way back costs: rows of data that go, or rows that make it fail. `rows` is null where they can't be counted yet. */
export type Price = { migration: string; kind: 'loses' | 'blocked-by'; words: string; rows: number | null }

const COUNT_TIMEOUT_MS = 30_000

/** Counts, in the database as it is, what the files of `steps` say that going back loses and is blocked by. Changes nothing. */
export async function priceOf(session: Session, steps: Entry[]): Promise<Price[]> {
  const prices: Price[] = []
  for (const { name, migration } of steps) {
    for (const [kind, counts] of [
      ['loses', migration.down?.loses ?? []],
      ['blocked-by', migration.down?.blockedBy ?? []],
    ] as const) {
      for (const { words, sql } of counts) {
        prices.push({ migration: name, kind, words, rows: await count(session, sql) })
      }
    }
  }
  return prices
}

/** What a price counts, in words: `2 rows of table public.users`. */
export function inWords({ rows, words }: Price): string {
  if (rows === null) return `an unknown number of ${words}`
  return `${rows} ${rows === 1 ? words.replace(/^(row|value)s\b/, '$1') : words}`
}

async function count(session: Session, sql: string): Promise<number | null> {
  try {
    return await inTransaction(session, async () => {
      await session.query(`set transaction read only; set local statement_timeout = ${COUNT_TIMEOUT_MS}`)
      const [row] = await session.query(sql)
      return Number(Object.values(row ?? {})[0] ?? 0)
    })
  } catch {
    return null // it may name what only exists once a newer migration is taken back
  }
}
