/** A running embedded server. `url` gives the connection string of one of its databases. */
export type LocalServer = { url: (database: string) => string }

/** Those of `databases` that the server does not have yet. Rejects when it does not answer. */
export async function missingDatabases(server: LocalServer, databases: string[]): Promise<string[]> {
  await using sql = new Bun.SQL(server.url('postgres'), { max: 1, connectionTimeout: 5 })
  const rows: { datname: string }[] = await sql`select datname from pg_database`
  return databases.filter((name) => !rows.some((row) => row.datname === name))
}

/** Creates those of `databases` that are missing. */
export async function createMissing(server: LocalServer, databases: string[]): Promise<void> {
  const missing = await missingDatabases(server, databases)
  if (missing.length === 0) return
  await using sql = new Bun.SQL(server.url('postgres'), { max: 1 })
  for (const name of missing) await sql`create database ${sql(name)}`
}
