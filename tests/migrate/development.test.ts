import { expect, setDefaultTimeout, test } from 'bun:test'
import { resolve } from 'node:path'
import { PATIENT_MS, withMigrations } from '../support/migrations.ts'

setDefaultTimeout(PATIENT_MS)

const DEV = resolve(import.meta.dir, '../../tools/dev.ts')

/** Starts the app as `make run` does, on a free port, stops it once it is up, and returns what it said. */
async function start(url: string): Promise<string> {
  const env = { ...process.env, DATABASE_URL: url, PORT: '0', LOG: 'off' }
  const child = Bun.spawn([process.execPath, DEV], { env, stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' })
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
    expect(await start(url)).toMatch(/^Applied 0000_create_users\nApplied 0001_[\s\S]*Hearth is up/)
    expect(await start(url)).toMatch(/^\s*Hearth is up/)
    await sql`update drizzle.__drizzle_migrations set hash = 'of another file'`
    expect(await start(url)).toMatch(/^drizzle\/0000_create_users\.sql was edited after it was applied/)
  }))
