import type { Index, Policy } from '../snapshot.ts'
import type { ForeignKey, Table } from './model.ts'
import { at, list, type Place, quote } from './sql.ts'

/** Something that belongs to a table and is made and dropped as a whole. Parts with one body differ in name only. */
export type Part = {
  kind: 'primary key' | 'unique' | 'check' | 'index' | 'foreign key' | 'policy'
  name: string
  body: string
  create: string
  drop: string
  rename: (to: string) => string
  /** The table's columns that it names, and the expressions in which it may name more. */
  columns: string[]
  text: string
  /** Whether Postgres itself rebuilds it when a column's type changes. */
  followsType: boolean
  /** Whether foreign keys may rest on it. */
  isKey: boolean
  concurrent: boolean
}

/** The parts of a table that drizzle-kit knows. */
export function partsOf(table: Table): Part[] {
  const { primaryKey } = table
  return [
    ...(primaryKey
      ? [
          constraint(
            table,
            'primary key',
            primaryKey.name,
            `PRIMARY KEY (${list(primaryKey.columns)})`,
            primaryKey,
          ),
        ]
      : []),
    ...Object.values(table.uniques).map((unique) => {
      const nulls = unique.nullsNotDistinct ? ' NULLS NOT DISTINCT' : ''
      return constraint(table, 'unique', unique.name, `UNIQUE${nulls} (${list(unique.columns)})`, unique)
    }),
    ...Object.values(table.checks).map(({ name, value }) =>
      constraint(table, 'check', name, `CHECK (${value})`, { text: value }),
    ),
    ...Object.values(table.indexes).map((index) => indexPart(table, index)),
    ...Object.values(table.foreignKeys).map((key) =>
      constraint(table, 'foreign key', key.name, foreignKeyBody(key), key),
    ),
    ...Object.values(table.policies).map((policy) => policyPart(at(table), policy)),
  ]
}

/** A policy of the table whose quoted name is `table`. */
export function policyPart(table: string, policy: Policy): Part {
  const role = (name: string) => (SPECIAL_ROLES.includes(name) ? name : quote(name))
  const body = [
    ` AS ${policy.as ?? 'PERMISSIVE'} FOR ${policy.for ?? 'ALL'} TO ${(policy.to ?? ['public']).map(role).join(', ')}`,
    policy.using ? ` USING (${policy.using})` : '',
    policy.withCheck ? ` WITH CHECK (${policy.withCheck})` : '',
  ].join('')
  const name = quote(policy.name)
  return {
    ...BASE,
    kind: 'policy',
    name: policy.name,
    body,
    create: `CREATE POLICY ${name} ON ${table}${body};`,
    drop: `DROP POLICY ${name} ON ${table};`,
    rename: (to) => `ALTER POLICY ${name} ON ${table} RENAME TO ${quote(to)};`,
    text: `${policy.using ?? ''} ${policy.withCheck ?? ''}`,
  }
}

const SPECIAL_ROLES = ['public', 'current_user', 'current_role', 'session_user']
const BASE = { columns: [] as string[], text: '', followsType: false, isKey: false, concurrent: false }

function constraint(
  table: Place,
  kind: Part['kind'],
  name: string,
  body: string,
  uses: { columns?: string[]; text?: string },
): Part {
  const isKey = kind === 'primary key' || kind === 'unique'
  return {
    ...BASE,
    kind,
    name,
    body,
    create: `ALTER TABLE ${at(table)} ADD CONSTRAINT ${quote(name)} ${body};`,
    drop: `ALTER TABLE ${at(table)} DROP CONSTRAINT ${quote(name)};`,
    rename: (to) => `ALTER TABLE ${at(table)} RENAME CONSTRAINT ${quote(name)} TO ${quote(to)};`,
    columns: uses.columns ?? [],
    text: uses.text ?? '',
    followsType: isKey,
    isKey,
  }
}

function foreignKeyBody({ columns, target, targetColumns, onDelete, onUpdate }: ForeignKey): string {
  const actions = `ON DELETE ${onDelete} ON UPDATE ${onUpdate}`
  const place = `${quote(target.schema)}.${quote(target.name)}`
  return `FOREIGN KEY (${list(columns)}) REFERENCES ${place} (${list(targetColumns)}) ${actions}`
}

function indexPart(table: Table, index: Index): Part {
  const place = { schema: table.schema, name: index.name }
  const options = Object.entries(index.with).map(([key, value]) => `${key} = ${value}`)
  const kind = index.isUnique ? 'UNIQUE INDEX' : 'INDEX'
  const body = [
    ` ON ${at(table)} USING ${index.method} (${index.columns.map(indexColumn).join(', ')})`,
    options.length > 0 ? ` WITH (${options.join(', ')})` : '',
    index.where ? ` WHERE ${index.where}` : '',
  ].join('')
  const isPlain =
    index.method === 'btree' && !index.where && !index.columns.some((it) => it.isExpression || it.opclass)
  return {
    ...BASE,
    kind: 'index',
    name: index.name,
    body: kind + body,
    create: `CREATE ${kind} ${quote(index.name)}${body};`,
    drop: `DROP INDEX ${at(place)};`,
    rename: (to) => `ALTER INDEX ${at(place)} RENAME TO ${quote(to)};`,
    columns: index.columns.filter((it) => !it.isExpression).map((it) => it.expression),
    text: [
      index.where ?? '',
      ...index.columns.filter((it) => it.isExpression).map((it) => it.expression),
    ].join(' '),
    followsType: isPlain,
    isKey: index.isUnique,
    concurrent: index.concurrently,
  }
}

// As drizzle-kit has it: an operator class leaves no room for an order.
function indexColumn({
  expression,
  isExpression,
  asc,
  nulls = 'last',
  opclass,
}: Index['columns'][number]): string {
  const column = isExpression ? expression : quote(expression)
  if (opclass) return `${column} ${opclass}`
  if (asc && nulls === 'last') return column
  return `${column}${asc ? '' : ' DESC'} NULLS ${nulls.toUpperCase()}`
}
