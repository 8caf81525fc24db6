import type { Model } from '../plan/model.ts'
import type { Rename } from '../plan/renames.ts'
import { keyOf, type Place } from '../plan/sql.ts'

/** Something that is gone from the models while others of its kind are new: renamed to one of them, or dropped? */
export type Question = {
  kind: Rename['kind']
  gone: string
  /** The ways to name it in an answer, the shortest first. */
  names: string[]
  renames: { to: string; rename: Rename; names: string[] }[]
}

/** The kinds of things that hold data or values, in the order in which their renames are made. */
export const STAGES: Rename['kind'][] = ['schema', 'table', 'enum', 'sequence', 'column']

/** The questions about one kind. A view, a policy or a constraint holds no data, so that nothing hangs on its name. */
export function questionsOf(kind: Rename['kind'], before: Model, after: Model): Question[] {
  if (kind === 'schema') return ofSchemas(before.schemas, after.schemas)
  if (kind === 'column') return ofColumns(before, after)
  const all = ({ tables, enums, sequences }: Model): Record<string, Place> =>
    ({ table: tables, enum: enums, sequence: sequences })[kind]
  const [gone, fresh] = difference(all(before), all(after))
  return gone
    .map((from) => {
      const spellings = namesOf(from)
      return question(kind, spellings, fresh, (to) => ({
        to: shown(to),
        rename: { kind, from: place(from), to: place(to) },
        names: pairs(
          spellings,
          to.schema === from.schema ? [shown(to), to.name, keyOf(to)] : [shown(to), keyOf(to)],
        ),
      }))
    })
    .filter(hasChoice)
}

function ofSchemas(before: string[], after: string[]): Question[] {
  const fresh = after.filter((name) => !before.includes(name))
  return before
    .filter((name) => !after.includes(name))
    .map((from) =>
      question('schema', [from], fresh, (to) => ({
        to,
        rename: { kind: 'schema', from, to },
        names: pairs([from], [to]),
      })),
    )
    .filter(hasChoice)
}

function ofColumns(before: Model, after: Model): Question[] {
  const kept = Object.keys(after.tables).filter((key) => before.tables[key])
  return kept
    .flatMap((key) => {
      const [from, to] = [before.tables[key], after.tables[key]]
      if (!from || !to) return []
      // What a generated column holds comes from other columns.
      const stored = ({ columns }: typeof from) =>
        Object.fromEntries(Object.entries(columns).filter(([, { generated }]) => generated === undefined))
      const [gone, fresh] = difference(stored(from), stored(to)).map((all) =>
        all.filter(({ name }) => !from.columns[name] || !to.columns[name]),
      )
      return (gone ?? []).map(({ name }) => {
        const spellings = [...namesOf(from), ...namesOf(from.was)].map((table) => `${table}.${name}`)
        return question('column', spellings, fresh ?? [], (column) => ({
          to: `${shown(from)}.${column.name}`,
          rename: { kind: 'column', table: place(from), from: name, to: column.name },
          names: pairs(spellings, [column.name, ...namesOf(to).map((table) => `${table}.${column.name}`)]),
        }))
      })
    })
    .filter(hasChoice)
}

function question<T>(
  kind: Rename['kind'],
  names: string[],
  fresh: T[],
  renameTo: (to: T) => Question['renames'][number],
): Question {
  return { kind, gone: names[0] ?? '', names, renames: fresh.map(renameTo) }
}

function difference<T>(before: Record<string, T>, after: Record<string, T>): [gone: T[], fresh: T[]] {
  const missingIn = (all: Record<string, T>, other: Record<string, T>) =>
    Object.entries(all)
      .filter(([key]) => !other[key])
      .map(([, it]) => it)
  return [missingIn(before, after), missingIn(after, before)]
}

const hasChoice = ({ renames }: Question): boolean => renames.length > 0

const place = ({ schema, name }: Place): Place => ({ schema, name })
const shown = ({ schema, name }: Place): string => (schema === 'public' ? name : `${schema}.${name}`)
const namesOf = (it: Place): string[] => [shown(it), keyOf(it)]
const pairs = (froms: string[], tos: string[]): string[] => [
  ...new Set(froms.flatMap((from) => tos.map((to) => `${from}:${to}`))),
]
