import type { Column } from 'drizzle-orm'
import * as z from 'zod'
import { Timestamp } from './timestamp.ts'

type Value<Data> = Data extends Date ? typeof Timestamp : z.ZodType<Data>
type Field<Stored extends Column> = Stored['_']['notNull'] extends true
  ? Value<Stored['_']['data']>
  : z.ZodNullable<Value<Stored['_']['data']>>
type Fields<Columns extends Record<string, Column>> = { [Name in keyof Columns]: Field<Columns[Name]> }

/** Derives the fields of a response from the columns that it shows, so that neither names nor types are written twice. */
export function fieldsOf<Columns extends Record<string, Column>>(columns: Columns): Fields<Columns> {
  const fields = Object.entries(columns).map(([name, column]) => [name, fieldOf(column)])
  return Object.fromEntries(fields) as Fields<Columns>
}

function fieldOf(column: Column): z.ZodType {
  const value = column.enumValues ? z.enum(column.enumValues) : numberOf(column)
  if (!value)
    throw new TypeError(`No field is known for a column of type ${column.dataType}: ${column.name}.`)
  return column.notNull ? value : value.nullable()
}

function numberOf(column: Column): z.ZodType | undefined {
  if (column.getSQLType() !== 'integer') return TYPES[column.dataType]
  return column.generatedIdentity ? z.int32().min(1) : z.int32()
}

const TYPES: Record<string, z.ZodType> = {
  boolean: z.boolean(),
  date: Timestamp,
  json: z.unknown(),
  number: z.number(),
  string: z.string(),
}

/** The schema of a change: every field may be left out, but not all of them. */
export const patchOf = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z
    .strictObject(shape)
    .partial()
    .refine((patch) => Object.keys(patch).length > 0, {
      error: 'must change at least one field',
      when: ({ issues }) => issues.length === 0, // an unknown key is reported once
    })
    .meta({ minProperties: 1 })
