import { Refusal } from '../refusal.ts'
import type { Direction } from './run.ts'
import { countRows, type Session } from './session.ts'
import type { Entry } from './status.ts'

/** What a migration costs: rows of data that go, or rows that make it fail. `rows` is null where they can't be counted yet. */
export type Price = { migration: string; kind: 'loses' | 'blocked-by'; words: string; rows: number | null }

/** Counts, in the database as it is, what the files of `steps` say that they lose and are blocked by in a direction. Changes nothing. */
export async function priceOf(session: Session, steps: Entry[], direction: Direction): Promise<Price[]> {
  const prices: Price[] = []
  for (const { name, migration } of steps) {
    const script = migration[direction]
    for (const [kind, counts] of [
      ['loses', script?.loses ?? []],
      ['blocked-by', script?.blockedBy ?? []],
    ] as const) {
      for (const { words, sql } of counts) {
        prices.push({ migration: name, kind, words, rows: await countRows(session.query, sql) })
      }
    }
  }
  return prices
}

/** Throws `blocked` where rows make a migration fail. */
export function checkBlocked(prices: Price[]): void {
  const blocks = prices.filter(({ kind, rows }) => kind === 'blocked-by' && rows !== 0 && rows !== null)
  if (blocks.length === 0) return
  const reasons = blocks.map((price) => `${inWords(price)} (${price.migration})`).join('; ')
  throw new Refusal('blocked', `Not run, since it would fail: ${reasons}. Change those rows first.`, 1, {
    prices,
  })
}

/** The prices that somebody must agree to: data that goes, or may go. */
export const losses = (prices: Price[]): Price[] =>
  prices.filter(({ kind, rows }) => kind === 'loses' && rows !== 0)

/** What each migration costs, for people, a line each. */
export function listed(steps: Entry[], prices: Price[]): string[] {
  return steps.flatMap(({ name }) => {
    const own = prices.filter(({ migration }) => migration === name)
    if (own.length === 0) return [`  ${name}`, '    loses no data that its file names']
    const lines = own.flatMap((price) => {
      if (price.kind === 'loses') return [`    loses ${inWords(price)}`]
      return price.rows === 0 ? [] : [`    ${price.rows ? 'is' : 'may be'} stopped by ${inWords(price)}`]
    })
    return [`  ${name}`, ...lines]
  })
}

/** What a price counts, in words: `2 rows of table public.users`. */
function inWords({ rows, words }: Price): string {
  if (rows === null) return `an unknown number of ${words}`
  return `${rows} ${rows === 1 ? words.replace(/^(row|value)s\b/, '$1') : words}`
}
