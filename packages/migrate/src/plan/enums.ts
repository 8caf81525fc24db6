import type { Comparison } from './compare.ts'
import type { Enum } from './model.ts'
import { at, hasLiteral, literal, type Place, quote, truncated } from './sql.ts'

/** The statements on enums around those on columns, and the values that are added to enums that stay. */
export type EnumChanges = { before: string[]; after: string[]; added: { key: string; values: string[] }[] }

/** Compares the enums. Values are added in place; an enum of `rebuiltEnums` steps aside for a new one and is dropped in the end. */
export function compareEnums({ from, to, rebuiltEnums }: Comparison): EnumChanges {
  const created = Object.entries(to.enums).filter(([key]) => !from.enums[key])
  const dropped = Object.entries(from.enums).filter(([key]) => !to.enums[key])
  const rebuilt = Object.entries(to.enums).filter(([key]) => rebuiltEnums.has(key))
  const extended = Object.entries(to.enums).filter(([key]) => from.enums[key] && !rebuiltEnums.has(key))
  const additions = extended.map(([key, it]) => ({ key, it, values: missing(from.enums[key] as Enum, it) }))
  return {
    before: [
      ...additions.flatMap(({ it, values }) => values.map((value) => addValue(it, value, values))),
      ...rebuilt.map(([, it]) => `ALTER TYPE ${at(it)} RENAME TO ${quote(aside(it).name)};`),
      ...[...created, ...rebuilt].map(([, it]) => createEnum(it)),
    ],
    after: [...rebuilt.map(([, it]) => aside(it)), ...dropped.map(([, it]) => it)].map(
      (it) => `DROP TYPE ${at(it)};`,
    ),
    added: additions.map(({ key, values }) => ({ key, values })).filter(({ values }) => values.length > 0),
  }
}

/** The keys of the enums that lose a value or change their order, which only a new type can do. */
export function enumsToRebuild(from: Record<string, Enum>, to: Record<string, Enum>): Set<string> {
  const keys = Object.keys(to).filter((key) => {
    const [before, after] = [from[key]?.values, to[key]?.values ?? []]
    return (
      before && JSON.stringify(after.filter((value) => before.includes(value))) !== JSON.stringify(before)
    )
  })
  return new Set(keys)
}

/** The keys of the enums whose added values are used by one of `statements`: before its commit Postgres refuses that. */
export function enumsInUse({ added }: EnumChanges, statements: string[]): string[] {
  return added
    .filter(({ values }) => values.some((value) => statements.some((it) => hasLiteral(it, value))))
    .map(({ key }) => key)
}

const missing = (from: Enum, to: Enum) => to.values.filter((value) => !from.values.includes(value))

function addValue(to: Enum, value: string, added: string[]): string {
  const next = to.values.slice(to.values.indexOf(value) + 1).find((it) => !added.includes(it))
  const place = next === undefined ? '' : ` BEFORE ${literal(next)}`
  return `ALTER TYPE ${at(to)} ADD VALUE ${literal(value)}${place};`
}

const createEnum = (it: Enum) => `CREATE TYPE ${at(it)} AS ENUM (${it.values.map(literal).join(', ')});`

const aside = ({ schema, name }: Place): Place => ({ schema, name: `${truncated(name, 57)}__old` })
