import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { db } from './db.ts'
import { countries, users } from './schema.ts'

/** A test that misuses the sandbox, and one after it that finds the database as the blueprint made it. */
export function misuse(title: string, body: () => unknown, timeout = 5_000): void {
  test(title, body as () => Promise<void>, timeout)
  test(`after: ${title}`, isClean)
}

/** Fails unless the database is as the blueprint made it, and the session has nothing of another test. */
export async function isClean(): Promise<void> {
  await Bun.sleep(20) // time for what comes late
  expect(await db.$count(users)).toBe(0)
  expect(await db.select().from(countries).orderBy(countries.code)).toEqual([
    { code: 'fr', name: 'France' },
    { code: 'jp', name: 'Japan' },
  ])
  const result: unknown = await db.execute(sql`
    select (select count(*)::int from pg_tables where schemaname not in ('pg_catalog', 'information_schema', 'sandbox')) as tables,
      (select count(*)::int from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as locks,
      (select count(*)::int from pg_prepared_statements where from_sql) as prepared, current_user = session_user as "sameRole",
      current_setting('statement_timeout') as timeout`)
  const [row] = (Array.isArray(result) ? result : (result as { rows: unknown[] }).rows) as unknown[]
  expect(row).toEqual({ tables: 4, locks: 0, prepared: 0, sameRole: true, timeout: '0' })
  await db.insert(users).values({ name: 'alice', country: 'fr' })
}
