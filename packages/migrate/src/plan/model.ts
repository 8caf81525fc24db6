import type {
  Check,
  Index,
  Policy,
  Role,
  Snapshot,
  SnapshotColumn,
  SnapshotTable,
  Steps,
  Unique,
  View,
} from '../snapshot.ts'
import { correctedDefault } from './defaults.ts'
import { distinctKeys } from './distinct-keys.ts'
import { mapValues } from './map-values.ts'
import { chosenName, type Place, truncated } from './sql.ts'

const SERIALS: Record<string, string> = { serial: 'integer', bigserial: 'bigint', smallserial: 'smallint' }

export type Column = {
  name: string
  /** The type without what makes it serial or an array; an enum's name is in `enum` instead. */
  type: string
  enum?: Place
  dimensions: string
  notNull: boolean
  default?: string
  generated?: string
  identity?: Steps & { always: boolean }
  serial: boolean
  /** Of the sequence behind an identity or serial column. */
  sequence?: string
  /** What rows that exist get in it, as SQL, where the usual placeholder would break a check. */
  filler?: string
  /** What the column was called before the renames of this migration. */
  was: string
}

export type Table = Place & {
  columns: Record<string, Column>
  primaryKey?: { name: string; columns: string[] }
  uniques: Record<string, Unique>
  checks: Record<string, Check>
  indexes: Record<string, Index>
  foreignKeys: Record<string, ForeignKey>
  policies: Record<string, Policy>
  rowSecurity: boolean
  /** Where the table was before the renames of this migration. */
  was: Place
}

export type ForeignKey = {
  name: string
  columns: string[]
  target: Place
  targetColumns: string[]
  onDelete: string
  onUpdate: string
}

export type Enum = Place & { values: string[] }
export type Sequence = Place & Steps

/** A snapshot as the planner sees it: what Postgres adds by itself is spelled out, and what drizzle-kit leaves wrong is corrected. */
export type Model = {
  schemas: string[]
  roles: Record<string, Role>
  enums: Record<string, Enum>
  sequences: Record<string, Sequence>
  tables: Record<string, Table>
  views: Record<string, View>
  /** Policies on tables that are not among the models. */
  policies: Record<string, Policy>
}

/** Reads a snapshot. */
export function modelOf(snapshot: Snapshot): Model {
  const views = Object.entries(snapshot.views).filter(([, view]) => !view.isExisting)
  return {
    schemas: Object.keys(snapshot.schemas),
    roles: snapshot.roles,
    enums: mapValues(snapshot.enums, (it) => ({ ...it, schema: it.schema || 'public' })),
    sequences: mapValues(snapshot.sequences, (it) => ({ ...it, schema: it.schema || 'public' })),
    tables: mapValues(snapshot.tables, tableOf),
    views: Object.fromEntries(views),
    policies: snapshot.policies,
  }
}

function tableOf(table: SnapshotTable): Table {
  const place = { schema: table.schema || 'public', name: table.name }
  const columns = Object.values(table.columns)
  const composite = Object.entries(table.compositePrimaryKeys)[0]
  const single = columns.find((column) => column.primaryKey)
  const primaryKey = composite
    ? { name: truncated(composite[0]), columns: composite[1].columns }
    : single && { name: chosenName(table.name, null, 'pkey'), columns: [single.name] }
  const keys = distinctKeys(
    primaryKey,
    Object.values(byName(table.uniqueConstraints)),
    composite !== undefined,
  )
  return {
    ...place,
    columns: mapValues(table.columns, (column) =>
      columnOf(table.name, column, primaryKey?.columns.includes(column.name) ?? false),
    ),
    ...keys,
    checks: byName(table.checkConstraints),
    indexes: byName(table.indexes),
    foreignKeys: mapValues(byName(table.foreignKeys), (key) => ({
      name: key.name,
      columns: key.columnsFrom,
      target: { schema: key.schemaTo || 'public', name: key.tableTo },
      targetColumns: key.columnsTo,
      onDelete: key.onDelete ?? 'no action',
      onUpdate: key.onUpdate ?? 'no action',
    })),
    policies: byName(table.policies),
    rowSecurity: table.isRLSEnabled || Object.keys(table.policies).length > 0,
    was: place,
  }
}

function columnOf(table: string, column: SnapshotColumn, isKey: boolean): Column {
  const [, base = column.type, dimensions = ''] = column.type.match(/^(.*?)((?:\[\d*\])*)$/s) ?? []
  const integer = SERIALS[base.toLowerCase()]
  const value = correctedDefault(column.default, column.type)
  const identity = column.identity
  const sequence = identity?.name ?? (integer && chosenName(table, column.name, 'seq'))
  return {
    name: column.name,
    type: integer ?? (column.typeSchema ? '' : base),
    ...(column.typeSchema && { enum: { schema: column.typeSchema, name: base } }),
    dimensions,
    notNull: column.notNull || isKey || identity !== undefined || integer !== undefined,
    ...(value !== undefined && { default: value }),
    ...(column.generated && { generated: column.generated.as }),
    ...(identity && { identity: { ...identity, always: identity.type === 'always' } }),
    serial: integer !== undefined,
    ...(sequence && { sequence }),
    was: column.name,
  }
}

// By the names that they have in Postgres. A unique constraint's own may be missing; its key has it.
function byName<T extends { name: string }>(all: Record<string, T>): Record<string, T> {
  const named = Object.entries(all).map(([key, it]) => ({ ...it, name: truncated(it.name ?? key) }))
  return Object.fromEntries(named.map((it) => [it.name, it]))
}
