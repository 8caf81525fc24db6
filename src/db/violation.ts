import { Column, getTableColumns, is, Name, SQL, StringChunk } from 'drizzle-orm'
import { getTableConfig, IndexedColumn, type PgTable } from 'drizzle-orm/pg-core'
import type { SqlError } from './sql-error.ts'
import { tables } from './table.ts'

/**
 * The property of a model whose column a violated constraint is about; null when the constraint is about several columns, and
 * when no model defines it.
 */
export function violatedProperty(error: SqlError): string | null {
  const table = tables.find((it) => {
    const { name, schema } = getTableConfig(it)
    return clipped(name) === error.table && (schema === undefined || schema === error.schema)
  })
  if (!table) return null
  const known = Object.values(getTableColumns(table)).map(({ name }) => name)
  const constraint = constraintsOf(table).find(({ name }) => name && clipped(name) === error.constraint)
  const names = error.column ? [error.column] : constraint?.parts.flatMap((part) => namesIn(part, known))
  const [column, ...others] = new Set(names)
  if (!column || others.length > 0) return null
  const [property] = Object.entries(getTableColumns(table)).find(([, { name }]) => name === column) ?? []
  return property ?? null
}

/** The constraints and indexes of a table, each with the columns and expressions that it is about. */
function constraintsOf(table: PgTable): { name: string | undefined; parts: unknown[] }[] {
  const { name, columns, uniqueConstraints, primaryKeys, foreignKeys, checks, indexes } =
    getTableConfig(table)
  return [
    ...columns.filter((it) => it.isUnique).map((it) => ({ name: it.uniqueName, parts: [it] })),
    { name: `${name}_pkey`, parts: columns.filter((it) => it.primary) },
    ...[...uniqueConstraints, ...primaryKeys].map((it) => ({ name: it.getName(), parts: it.columns })),
    ...foreignKeys.map((it) => ({ name: it.getName(), parts: it.reference().columns })),
    ...checks.map((it) => ({ name: it.name, parts: [it.value] })),
    ...indexes.map(({ config }) => ({
      name: config.name ?? [name, ...config.columns.flatMap((it) => namesIn(it, [])), 'index'].join('_'), // as drizzle-kit names it
      parts: config.columns,
    })),
  ]
}

/** The names of the `known` columns in a part of a constraint: a column, or an expression, whose text may name some. */
function namesIn(part: unknown, known: string[]): string[] {
  if (is(part, SQL)) return part.queryChunks.flatMap((chunk) => namesIn(chunk, known))
  if (is(part, Column) || is(part, IndexedColumn)) return part.name ? [part.name] : []
  const text = is(part, StringChunk) ? part.value.join('') : is(part, Name) ? part.value : ''
  return (text.match(/\w+/g) ?? []).filter((word) => known.includes(word))
}

// Postgres keeps 63 bytes of a name and no part of a character (PostgreSQL manual, 4.1.1).
const clipped = (name: string): string =>
  new TextDecoder().decode(new TextEncoder().encode(name).subarray(0, 63), { stream: true })
