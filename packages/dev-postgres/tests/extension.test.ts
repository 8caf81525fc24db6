import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../src/index.ts'
import { postgresPrograms } from '../src/programs.ts'
import { serverUser } from '../src/server-user.ts'
import { newServer, query } from './support.ts'

setDefaultTimeout(60_000)
const parent = temporaryFolder('hearth-test-')
const server = newServer(parent)
afterAll(server.remove)

/** Puts hstore, under another name, where somebody could have installed an extension that they built. */
function buildElsewhere(folder: string): void {
  const native = join(postgresPrograms(serverUser(server.data)), '..')
  const share = join(native, 'share/postgresql/extension')
  const library = readdirSync(join(native, 'lib/postgresql')).find((name) => /^hstore\./.test(name)) ?? ''
  for (const path of ['share/extension', 'lib']) mkdirSync(join(folder, path), { recursive: true })
  copyFileSync(
    join(native, 'lib/postgresql', library),
    join(folder, 'lib', library.replace('hstore', 'elsewhere')),
  )
  copyFileSync(join(share, 'hstore--1.4.sql'), join(folder, 'share/extension/elsewhere--1.4.sql'))
  const control = readFileSync(join(share, 'hstore.control'), 'utf8').replaceAll('hstore', 'elsewhere')
  writeFileSync(
    join(folder, 'share/extension/elsewhere.control'),
    control.replace(/default_version = '[^']*'/, "default_version = '1.4'"),
  )
}

test('an extension that was built elsewhere is added as the README says', async () => {
  const folder = join(parent, 'pgvector')
  buildElsewhere(folder)
  const readme = readFileSync(join(import.meta.dir, '../README.md'), 'utf8')
  const [, recipe = ''] = /```sql\n([\s\S]*?)```/.exec(readme) ?? []
  const statements = recipe.replaceAll('vector', 'elsewhere').replaceAll('/path/to', folder).split(';')
  const { out: url } = await server.cli('url', 'app')
  await using sql = new Bun.SQL(url, { max: 1 })
  for (const statement of statements.filter((text) => text.trim())) {
    await sql.unsafe(statement)
    await Bun.sleep(200) // the server reads its settings again a moment after it was asked to
  }
  expect(await query(url, "select 'a=>1'::hstore -> 'a' as value")).toEqual([{ value: '1' }])
})
