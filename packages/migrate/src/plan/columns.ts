import { conversion, typeOf } from './casts.ts'
import type { Column, Table } from './model.ts'
import { advance, alterSequence, retypedSteps, sequenceOptions } from './sequences.ts'
import { at, literal, quote } from './sql.ts'

const SERIALS: Record<string, string> = { integer: 'serial', bigint: 'bigserial', smallint: 'smallserial' }

/** A column as CREATE TABLE and ADD COLUMN have it. */
export function definition(table: Table, column: Column): string {
  return [
    `${quote(column.name)} ${column.serial ? SERIALS[column.type] : typeOf(column)}`,
    column.default === undefined ? '' : ` DEFAULT ${column.default}`,
    column.generated === undefined ? '' : ` GENERATED ALWAYS AS (${column.generated}) STORED`,
    column.notNull ? ' NOT NULL' : '',
    column.identity ? ` ${identity(table, column)}` : '',
  ].join('')
}

/** The statements that turn a column into another of the same name. `retyped`: its type changes, or is another of the same name. */
export function alterColumn(
  table: Table,
  { from, to, retyped }: { from: Column; to: Column; retyped: boolean },
  isDown: boolean,
): string[] {
  const using = retyped && conversion(from, to, isDown)
  const alter = (what: string) => `ALTER TABLE ${at(table)} ALTER COLUMN ${quote(to.name)} ${what};`
  const losesDefault = from.default !== undefined && (retyped || to.default === undefined)
  const getsDefault = to.default !== undefined && (retyped || to.default !== from.default)
  return [
    ...(from.identity && !to.identity ? [alter('DROP IDENTITY')] : []),
    ...(from.serial && !to.serial
      ? [alter('DROP DEFAULT'), `DROP SEQUENCE ${at(sequencePlace(table, from))};`]
      : []),
    ...(from.generated !== undefined && to.generated === undefined ? [alter('DROP EXPRESSION')] : []),
    ...(losesDefault ? [alter('DROP DEFAULT')] : []),
    ...(from.notNull && !to.notNull ? [alter('DROP NOT NULL')] : []),
    ...(retyped ? [alter(`SET DATA TYPE ${typeOf(to)}${using ? ` USING ${using}` : ''}`)] : []),
    ...(getsDefault ? [alter(`SET DEFAULT ${to.default}`)] : []),
    ...(to.notNull && !from.notNull ? [alter('SET NOT NULL')] : []),
    ...alterNumbering(table, from, to, alter),
  ]
}

function alterNumbering(table: Table, from: Column, to: Column, alter: (what: string) => string): string[] {
  const place = sequencePlace(table, to)
  const advanced = () => advance(place, table, quote(to.name), to.identity)
  if (to.serial && !from.serial) {
    return [
      `CREATE SEQUENCE ${at(place)} AS ${to.type};`,
      alter(`SET DEFAULT nextval(${literal(at(place))}::regclass)`),
      `ALTER SEQUENCE ${at(place)} OWNED BY ${at(table)}.${quote(to.name)};`,
      ...advanced(),
    ]
  }
  if (to.identity && !from.identity) return [alter(`ADD ${identity(table, to)}`), ...advanced()]
  const renamed =
    from.sequence && to.sequence && from.sequence !== to.sequence
      ? [`ALTER SEQUENCE ${at(sequencePlace(table, from))} RENAME TO ${quote(to.sequence)};`]
      : []
  if (to.serial) {
    return [...renamed, ...(from.type === to.type ? [] : [`ALTER SEQUENCE ${at(place)} AS ${to.type};`])]
  }
  if (!from.identity || !to.identity) return []
  return [
    ...renamed,
    ...(from.identity.always === to.identity.always
      ? []
      : [alter(`SET GENERATED ${to.identity.always ? 'ALWAYS' : 'BY DEFAULT'}`)]),
    ...alterSequence(place, retypedSteps(from.identity, from.type, to.type), to.identity),
  ]
}

function identity(table: Table, column: Column): string {
  const kind = column.identity?.always ? 'ALWAYS' : 'BY DEFAULT'
  const sequence = at(sequencePlace(table, column))
  return `GENERATED ${kind} AS IDENTITY (SEQUENCE NAME ${sequence}${sequenceOptions(column.identity ?? {})})`
}

const sequencePlace = (table: Table, { sequence = '' }: Column) => ({ schema: table.schema, name: sequence })
