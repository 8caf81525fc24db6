import { expect, setDefaultTimeout, test } from 'bun:test'
import { PATIENT_MS, withMigrations } from '../support/migrations.ts'
import { start } from '../support/processes.ts'

setDefaultTimeout(PATIENT_MS)

/** Starts the app as `make run` does, on a free port, stops it once it is up, and returns what it said. */
async function startOn(url: string): Promise<string> {
  const child = start('tools/dev.ts', [], { DATABASE_URL: url, PORT: '0', LOG: 'off' })
  let said = ''
  for await (const chunk of child.stderr) {
    said += new TextDecoder().decode(chunk)
    if (said.includes('Hearth is up')) child.kill()
  }
  await child.exited
  return said
}

test('make run applies what is pending, says so, and does not start on a database that does not fit', () =>
  withMigrations([], async ({ url, sql }) => {
    expect(await startOn(url)).toMatch(/^Applied 0000_create_users\nApplied 0001_[\s\S]*Hearth is up/)
    expect(await startOn(url)).toMatch(/^\s*Hearth is up/)
    await sql`update drizzle.__drizzle_migrations set hash = 'of another file'`
    expect(await startOn(url)).toMatch(/^drizzle\/0000_create_users\.sql was edited after it was applied/)
  }))
