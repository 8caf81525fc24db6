import { alterColumn, definition } from './columns.ts'
import type { Comparison, KeptTable } from './compare.ts'
import { partsWithin } from './compare-parts.ts'
import type { Table } from './model.ts'
import { at, chosenName, literal, quote } from './sql.ts'

/** CREATE TABLE with the constraints that need no other table. */
export function createTable(table: Table): string {
  const lines = [
    ...Object.values(table.columns).map((column) => definition(table, column)),
    ...partsWithin(table).map(({ name, body }) => `CONSTRAINT ${quote(name)} ${body}`),
  ]
  return `CREATE TABLE ${at(table)} (${lines.map((line) => `\n\t${line}`).join(',')}\n);`
}

/** The statements that drop the columns that go. */
export const dropColumns = ({ to, dropped }: KeptTable): string[] =>
  dropped.map(({ name }) => `ALTER TABLE ${at(to)} DROP COLUMN ${quote(name)};`)

/** The statements that change the columns that stay. */
export const alterColumns = ({ to: table, altered }: KeptTable, isDown: boolean): string[] =>
  altered.flatMap((column) => alterColumn(table, column, isDown))

/** Row security, as it changes on tables that stay and as new tables have it. */
export function rowSecurity({ keptTables, createdTables }: Comparison): string[] {
  const set = (table: Table) =>
    `ALTER TABLE ${at(table)} ${table.rowSecurity ? 'ENABLE' : 'DISABLE'} ROW LEVEL SECURITY;`
  const changed = keptTables.filter(({ from, to }) => from.rowSecurity !== to.rowSecurity)
  return [...changed.map(({ to }) => to), ...createdTables.filter((table) => table.rowSecurity)].map(set)
}

/**
 * The statement that gives the NOT NULL constraints of renamed tables and columns the names that a new table's would
 * have. Only Postgres 18 and later has such constraints, hence the question whether there are any.
 */
export function renameNotNulls({ from, to, altered }: KeptTable): string[] {
  const renames = altered
    .filter((column) => column.from.notNull && column.to.notNull)
    .map((column) => [
      chosenName(from.was.name, column.from.was, 'not_null'),
      chosenName(to.name, column.to.name, 'not_null'),
    ])
    .filter(([before, after]) => before !== after)
    .map(
      ([before = '', after = '']) =>
        `  IF EXISTS (SELECT FROM pg_constraint WHERE conrelid = ${literal(at(to))}::regclass AND conname = ${literal(before)}) THEN\n` +
        `    ALTER TABLE ${at(to)} RENAME CONSTRAINT ${quote(before)} TO ${quote(after)};\n  END IF;`,
    )
  return renames.length === 0
    ? []
    : [
        `-- From Postgres 18 on, NOT NULL is a constraint with a name.\nDO $$ BEGIN\n${renames.join('\n')}\nEND $$;`,
      ]
}
