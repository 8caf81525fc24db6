import { pgTable as define, type PgTable } from 'drizzle-orm/pg-core'

/** All tables that were defined: their metadata says which field a violated constraint is about (`violation.ts`). */
export const tables: PgTable[] = []

/** Drizzle's `pgTable`, which also enters the table in `tables`. */
export const pgTable = Object.assign((...definition: Parameters<typeof define>) => {
  const table = define(...definition)
  tables.push(table)
  return table
}, define) as typeof define
