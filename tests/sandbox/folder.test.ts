import { expect, test } from 'bun:test'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { databaseUrl } from '../../tools/postgres/databases.ts'

const project = join(import.meta.dir, '../..')
const folder = join(project, 'tests/support/sandbox')

test('the folder imports nothing around it', async () => {
  const transpiler = new Bun.Transpiler({ loader: 'ts' })
  const files = [...new Bun.Glob('*.ts').scanSync({ cwd: folder, absolute: true })]
  expect(files.length).toBeGreaterThan(10)
  for (const file of files) {
    const paths = transpiler.scanImports(await Bun.file(file).text()).map(({ path }) => path)
    expect(paths.filter((path) => !/^(\.\/[\w-]+\.ts|node:.+|bun:test|drizzle-orm.*)$/.test(path))).toEqual(
      [],
    )
  }
})

test('a copy of it serves another project, with a schema of its own', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'sandbox-'))
  const url = new URL(await databaseUrl('test'))
  const name = `other_project_${crypto.randomUUID().slice(0, 8)}`
  await using admin = new Bun.SQL(url.href, { max: 1 })
  await admin`create database ${admin(name)}`
  try {
    for (const part of ['tests/fixtures/other-project', 'tests/support/sandbox'])
      cpSync(join(project, part), join(copy, part), { recursive: true })
    symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'))
    writeFileSync(
      join(copy, 'bunfig.toml'),
      '[test]\npreload = ["./tests/fixtures/other-project/preload.ts"]\n',
    )
    const child = Bun.spawn([process.execPath, 'test', './tests/fixtures/other-project/books-tests.ts'], {
      cwd: copy,
      env: {
        ...process.env,
        TEST_URL: Object.assign(url, { pathname: `/${name}` }).href,
        BUN_TEST_WORKER_ID: '',
      },
      stderr: 'pipe',
    })
    const report = await new Response(child.stderr).text()
    expect(report).toContain(' 3 pass')
    expect(await child.exited).toBe(0)
  } finally {
    rmSync(copy, { recursive: true })
    await admin`drop database ${admin(name)} with (force)`
  }
})
