import type { Steps } from '../snapshot.ts'
import type { Model } from './model.ts'
import { at, literal, type Place } from './sql.ts'

/** The options of CREATE SEQUENCE, and of an identity column's brackets. */
export function sequenceOptions(steps: Steps): string {
  return [
    option('INCREMENT BY', steps.increment),
    option('MINVALUE', steps.minValue),
    option('MAXVALUE', steps.maxValue),
    option('START WITH', steps.startWith),
    option('CACHE', steps.cache),
    steps.cycle ? ' CYCLE' : '',
  ].join('')
}

/** The statements that give the sequence at `place` the numbers `to`. Its position is kept, as far as the new limits allow. */
export function alterSequence(place: Place, from: Steps, to: Steps): string[] {
  if (sequenceOptions(from) === sequenceOptions(to)) return []
  const change = `ALTER SEQUENCE ${at(place)}${sequenceOptions(to)}${to.cycle ? '' : ' NO CYCLE'};`
  const [low, high] = [BigInt(to.minValue ?? 1), BigInt(to.maxValue ?? 1)]
  const [oldLow, oldHigh] = [BigInt(from.minValue ?? 1), BigInt(from.maxValue ?? 1)]
  if (low <= oldLow && high >= oldHigh) return [change]
  const both = ` MINVALUE ${low < oldLow ? low : oldLow} MAXVALUE ${high > oldHigh ? high : oldHigh}`
  const nearest = `least(greatest(last_value, ${low}), ${high})`
  return [
    `ALTER SEQUENCE ${at(place)}${both};`,
    `SELECT setval(${literal(at(place))}, ${nearest}, is_called) FROM ${at(place)};`,
    change,
  ]
}

const LIMITS: Record<string, string> = {
  smallint: '32767',
  integer: '2147483647',
  bigint: '9223372036854775807',
}

/** What Postgres makes of an identity column's numbers when the column's type changes: its type's limit follows the type. */
export function retypedSteps(steps: Steps, from: string, to: string): Steps {
  const limit = LIMITS[to]
  return limit !== undefined && steps.maxValue === LIMITS[from] ? { ...steps, maxValue: limit } : steps
}

/** Moves a sequence past the values that a column has already. */
export function advance(place: Place, table: Place, column: string, steps: Steps = {}): string[] {
  if (steps.increment?.startsWith('-')) return []
  const start = steps.startWith ?? '1'
  // Without adding 1, which may be more than the column's type holds.
  const last = `greatest(max(${column}), ${start}), coalesce(max(${column}) >= ${start}, false)`
  return [`SELECT setval(${literal(at(place))}, ${last}) FROM ${at(table)};`]
}

const option = (words: string, value: string | undefined) => (value === undefined ? '' : ` ${words} ${value}`)

/** The statements on sequences that belong to no column. */
export function compareSequences(from: Model, to: Model): { create: string[]; drop: string[] } {
  const [before, after] = [Object.entries(from.sequences), Object.entries(to.sequences)]
  return {
    create: after.flatMap(([key, sequence]) => {
      const old = from.sequences[key]
      return old
        ? alterSequence(sequence, old, sequence)
        : [`CREATE SEQUENCE ${at(sequence)}${sequenceOptions(sequence)};`]
    }),
    drop: before
      .filter(([key]) => !to.sequences[key])
      .map(([, sequence]) => `DROP SEQUENCE ${at(sequence)};`),
  }
}
