import { type Placeholder, sql } from 'drizzle-orm'
import type { Db } from './db.ts'

/** A placeholder for each value that a prepared statement takes when it is run. */
export type Placeholders<Values> = {
  readonly [Name in keyof Values & string]: Placeholder<Name, Values[Name]>
}

type Preparable<Result> = {
  prepare(name: string): { execute(values?: Record<string, unknown>): Promise<Result> }
}

/**
 * Returns a function that runs a statement which is built once for each database, since building one costs as much as
 * running it. `build` names the values that change between runs as properties of its second argument.
 */
export function prepared<Result, Values extends object>(
  name: string,
  build: (db: Db, values: Placeholders<Values>) => Preparable<Result>,
): (db: Db, values: Values) => Promise<Result> {
  const statements = new WeakMap<Db, ReturnType<Preparable<Result>['prepare']>>()
  return (db, values) => {
    const statement = statements.get(db) ?? build(db, placeholders<Values>()).prepare(name)
    statements.set(db, statement)
    return statement.execute(values as Record<string, unknown>)
  }
}

/** Returns the placeholders of a statement that takes `Values`. */
export const placeholders = <Values>(): Placeholders<Values> =>
  new Proxy({} as Placeholders<Values>, { get: (_, name) => sql.placeholder(String(name)) })
