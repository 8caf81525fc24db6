import postgres from 'postgres'
import { systemCode } from './error.ts'

/** Creates those of `databases` that the server at `url` does not have. Throws the errors of PostgreSQL. */
export async function createMissing(url: string, databases: string[]): Promise<void> {
  if (databases.length === 0) return
  const sql = postgres(url, { max: 1, ssl: false, connect_timeout: 10, onnotice: () => {} })
  try {
    const rows = await sql<{ datname: string }[]>`select datname from pg_database`
    const existing = new Set(rows.map(({ datname }) => datname))
    for (const name of databases) if (!existing.has(name)) await createDatabase(sql, name)
  } finally {
    await sql.end()
  }
}

// Another process may create it at the same time (SQLSTATE duplicate_database, or unique_violation when it is close).
async function createDatabase(sql: postgres.Sql, name: string): Promise<void> {
  try {
    await sql.unsafe(`create database "${name.replaceAll('"', '""')}"`)
  } catch (error) {
    if (systemCode(error) !== '42P04' && systemCode(error) !== '23505') throw error
  }
}
