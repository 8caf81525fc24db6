import { familyOf, typeOf } from './casts.ts'
import type { Column, Table } from './model.ts'
import { at, keyOf, quote } from './sql.ts'

type Update = { what: string; statement: string; isShared: boolean }

/** The statement that gives each row its own value in a new column, or null where one value does for all, or none is known. */
export function rowByRow(table: Table, column: Column): Update | null {
  const set = (value: string, source = '') =>
    `UPDATE ${at(table)} SET ${quote(column.name)} = ${value}${source};`
  const key = Object.values(table.foreignKeys).find(({ columns }) => columns.includes(column.name))
  if (key) {
    const referenced = quote(key.targetColumns[key.columns.indexOf(column.name)] ?? '')
    const order = key.targetColumns.map(quote).join(', ')
    if (isUnique(table, column.name) && key.columns.length === 1) {
      const other = `(SELECT ${referenced} AS value, row_number() OVER (ORDER BY ${order}) AS n FROM ${at(key.target)}) AS other`
      return {
        isShared: false,
        what: `a row of ${keyOf(key.target)} each`,
        statement: set(
          'other.value',
          `${numberedRows(table)} JOIN ${other} USING (n) WHERE ${at(table)}.ctid = numbered.row`,
        ),
      }
    }
    return {
      isShared: true,
      what: `the first row of ${keyOf(key.target)}`,
      statement: set(`(SELECT ${referenced} FROM ${at(key.target)} ORDER BY ${order} LIMIT 1)`),
    }
  }
  if (!isUnique(table, column.name)) return null
  const number = numbered(column)
  if (number === null) return null
  return {
    isShared: false,
    what: 'a number each',
    statement: set(number, `${numberedRows(table)} WHERE ${at(table)}.ctid = numbered.row`),
  }
}

const numberedRows = (table: Table): string =>
  ` FROM (SELECT ctid AS row, row_number() OVER (ORDER BY ctid) AS n FROM ${at(table)}) AS numbered`

/** Whether a column is in a primary key, a unique constraint or a unique index. */
export function isUnique(table: Table, name: string): boolean {
  return (
    table.primaryKey?.columns.includes(name) === true ||
    Object.values(table.uniques).some(({ columns }) => columns.includes(name)) ||
    Object.values(table.indexes).some(
      (index) => index.isUnique && index.columns.some(({ expression }) => expression === name),
    )
  )
}

function numbered(column: Column): string | null {
  if (column.enum || column.dimensions) return null
  switch (familyOf(column)) {
    case 'number':
      return 'numbered.n'
    case 'text':
      return 'numbered.n::text'
    case 'moment':
      return `(timestamp '1970-01-01' + numbered.n * interval '1 day')::${typeOf(column)}`
    case 'time':
      return `(time '00:00' + numbered.n * interval '1 microsecond')::${typeOf(column)}`
    case 'uuid':
      return 'gen_random_uuid()'
    case 'json':
      return `to_${column.type}(numbered.n)`
    default:
      return null
  }
}
