import { type Comparison, type KeptTable, usesColumns } from './compare.ts'
import type { Table } from './model.ts'
import { type Part, partsOf, policyPart } from './parts.ts'
import { keyOf, mentions, type Place } from './sql.ts'

/** What becomes of the parts of tables, each list in an order that Postgres accepts. */
export type PartChanges = { dropped: Part[]; renamed: string[]; created: Part[] }

// Foreign keys rest on keys, so they go first and come last.
const ORDER: Part['kind'][] = ['primary key', 'unique', 'index', 'check', 'foreign key', 'policy']
const BESIDE: Part['kind'][] = ['index', 'foreign key', 'policy']

/** The parts that CREATE TABLE holds; the others need separate statements. */
export const partsWithin = (table: Table): Part[] =>
  partsOf(table).filter(({ kind }) => !BESIDE.includes(kind))

/** Compares the parts of all tables. Those that differ in name only are renamed; those that use a touched column are created again. */
export function compareParts(comparison: Comparison, droppedViews: string[]): PartChanges {
  const { keptTables, droppedTables, createdTables, from, to } = comparison
  const isForeign = ({ kind }: Part) => kind === 'foreign key'
  const own = keptTables.map((kept) =>
    match(
      kept,
      (part) => !isForeign(part),
      (part) => mustGo(part, kept, comparison) || readsOne(part, droppedViews),
    ),
  )
  const lostKeys = keptTables.flatMap(({ to }, n) =>
    (own[n]?.dropped ?? []).filter(({ isKey }) => isKey).map(({ columns }) => keyName(to, columns)),
  )
  const foreign = keptTables.map((kept) =>
    match(kept, isForeign, (part) => losesFooting(part, kept, comparison, lostKeys)),
  )
  const loose = matchParts(looseParts(from.policies), looseParts(to.policies), (part) =>
    readsOne(part, droppedViews),
  )
  const all = [...own, ...foreign, loose]
  const dropped = [...all.flatMap((it) => it.dropped), ...inTheWay(droppedTables)]
  const created = [
    ...all.flatMap((it) => it.created),
    ...createdTables.flatMap(partsOf).filter(({ kind }) => BESIDE.includes(kind)),
  ]
  const rank = ({ kind }: Part) => ORDER.indexOf(kind)
  return {
    dropped: dropped.toSorted((a, b) => rank(b) - rank(a)),
    renamed: all.flatMap((it) => it.renamed),
    created: created.toSorted((a, b) => rank(a) - rank(b)),
  }
}

function match(
  kept: KeptTable,
  concerns: (part: Part) => boolean,
  mustGo: (part: Part) => boolean,
): PartChanges {
  return matchParts(partsOf(kept.from).filter(concerns), partsOf(kept.to).filter(concerns), mustGo)
}

function matchParts(from: Part[], to: Part[], mustGo: (part: Part) => boolean): PartChanges {
  const isSame = (a: Part, b: Part) => a.kind === b.kind && a.body === b.body && !mustGo(a)
  const stays = (part: Part, others: Part[]) =>
    others.some((other) => other.name === part.name && isSame(part, other))
  const leaving = from.filter((part) => !stays(part, to))
  const coming = to.filter((part) => !from.some((other) => other.name === part.name && isSame(other, part)))
  const renamed: [Part, Part][] = []
  const isTaken = (name: string) => from.some((part) => part.name === name) // two that swap names can't be renamed
  for (const part of leaving) {
    const successor = coming.find(
      (it) => isSame(part, it) && !isTaken(it.name) && !renamed.some(([, taken]) => taken === it),
    )
    if (successor) renamed.push([part, successor])
  }
  return {
    dropped: leaving.filter((part) => !renamed.some(([before]) => before === part)),
    renamed: renamed.map(([part, { name }]) => part.rename(name)),
    created: coming.filter((part) => !renamed.some(([, after]) => after === part)),
  }
}

const readsOne = ({ kind, text }: Part, views: string[]) =>
  kind === 'policy' && views.some((name) => mentions(text, name))

function mustGo(part: Part, kept: KeptTable, { touched }: Comparison): boolean {
  const key = keyOf(kept.to)
  const fatal = part.followsType ? new Set(kept.dropped.map(({ name }) => name)) : touched.get(key)
  return part.columns.some((column) => fatal?.has(column)) || usesColumns(part.text, touched, key)
}

// A foreign key rests on two tables' columns and on a key of the second.
function losesFooting(part: Part, kept: KeptTable, comparison: Comparison, lostKeys: string[]): boolean {
  const key = Object.values(kept.from.foreignKeys).find(({ name }) => name === part.name)
  if (!key) return false
  const target = keyOf(key.target)
  const targetTouched = key.targetColumns.some((column) => comparison.touched.get(target)?.has(column))
  return (
    mustGo(part, kept, comparison) ||
    targetTouched ||
    lostKeys.includes(keyName(key.target, key.targetColumns))
  )
}

// A key as a foreign key names it, which may list the columns in another order.
const keyName = (table: Place, columns: string[]): string => `${keyOf(table)} (${columns.toSorted().join()})`

// Most parts go with their table. These would keep another table, which is dropped before theirs.
function inTheWay(dropped: Table[]): Part[] {
  return dropped.flatMap((table, n) => {
    const earlier = dropped.slice(0, n)
    const targets = (name: string) => table.foreignKeys[name]?.target
    return partsOf(table).filter(({ kind, name, text }) =>
      earlier.some((other) => {
        const target = kind === 'foreign key' ? targets(name) : undefined
        return target ? keyOf(target) === keyOf(other) : kind === 'policy' && mentions(text, other.name)
      }),
    )
  })
}

const looseParts = (policies: Comparison['from']['policies']) =>
  Object.values(policies).map((policy) => policyPart(policy.on ?? '', policy))
