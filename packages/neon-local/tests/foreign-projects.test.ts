import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { freshProject } from '../../../tests/support/fresh-project.ts'
import { startEndpoint } from '../../../tests/support/neon-local.ts'
import { type Registry, startRegistry } from '../../../tests/support/registry.ts'
import { printed } from './support/cli.ts'

setDefaultTimeout(120_000) // installs, on a busy machine
const root = join(import.meta.dir, '../../..')
const readme = readFileSync(join(import.meta.dir, '../README.md'), 'utf8')
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) =>
    String(text),
  )
const [install = '', psql = ''] = blocks('sh')
const [app = '', tests = ''] = blocks('ts')

const endpoint = await startEndpoint()
let registry: Registry
beforeAll(() => {
  registry = startRegistry()
})
afterAll(async () => {
  await registry.stop()
  await endpoint.close()
})

const CONSUMER = JSON.stringify({
  compilerOptions: {
    module: 'NodeNext',
    target: 'ES2023',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    types: ['node'],
    noEmit: true,
  },
  include: ['app.ts', 'app.test.ts'],
})

// What the README says for npm and Node, and in a sentence for Bun.
const RUNTIMES = [
  {
    name: 'npm and Node',
    translate: (command: string) => command,
    node: 'node --experimental-strip-types --no-warnings',
  },
  {
    name: 'Bun',
    translate: (command: string) =>
      command
        .replace('npm install --save-dev', 'bun add --dev')
        .replace('npm install', 'bun add')
        .replace('npx', 'bunx --bun'),
    node: 'bun',
  },
]

describe.each(RUNTIMES)('a new project with $name follows the README', ({ translate, node }) => {
  let project: Awaited<ReturnType<typeof freshProject>>
  let served: ReturnType<typeof Bun.spawn>
  let port: string
  const upstream = 'postgres://postgres:secret@localhost:5432/app'

  beforeAll(async () => {
    project = await freshProject(registry, { 'tsconfig.json': CONSUMER })
    const lines = translate(install).trim().split('\n')
    for (const line of [...lines.slice(0, -1), translate('npm install --save-dev @types/node')]) {
      expect(await project.sh(line)).toMatchObject({ code: 0 })
    }
    const command = String(lines.at(-1)?.replace(upstream, `'${endpoint.upstream}'`))
    const env = { ...project.env, NEON_LOCAL_PORT: '0' }
    const started = Bun.spawn(['sh', '-c', command], {
      cwd: project.folder,
      env,
      stdout: 'pipe',
      detached: true,
    })
    served = started
    port = await printed(started.stdout, /served at http:\/\/127\.0\.0\.1:(\d+)/)
    const here = (text: string) =>
      text.replaceAll(upstream, endpoint.upstream).replaceAll(upstream.replace('5432', '4444'), local())
    await Bun.write(join(project.folder, 'app.ts'), here(app))
    await Bun.write(join(project.folder, 'app.test.ts'), here(tests))
  })
  afterAll(async () => {
    process.kill(-served.pid, 'SIGTERM') // with the group, as Ctrl-C: npx hands no signal on
    await served.exited
    project.remove()
  })
  const local = () => Object.assign(new URL(endpoint.upstream), { port }).href

  test('the app gets its answer from the command', async () => {
    const { code, out, err } = await project.sh(`${node} app.ts`)
    expect({ code, out: out.replace(/[\s,]/g, ''), err }).toEqual({ code: 0, out: '[{answer:42}]', err: '' })
  })

  test.skipIf(!Bun.which('psql'))('and psql too', async () => {
    const command = psql.trim().replace(upstream.replace('5432', '4444'), `'${local()}'`)
    expect((await project.sh(command)).out).toContain('42')
  })

  test('the tests pass', async () => {
    const command = node === 'bun' ? 'bun test' : `${node} --test`
    const { code, out, err } = await project.sh(`${command} ./app.test.ts`)
    expect({ code, report: out + err }).toEqual({ code: 0, report: expect.stringMatching(/pass 1|1 pass/) })
  })

  test('a strict TypeScript has nothing to say', async () => {
    const { out } = await project.sh(`"${join(root, 'node_modules/.bin/tsc')}" -p .`)
    expect(out.split('\n').filter((line) => /^(app|node_modules\/@hearth)/.test(line))).toEqual([])
  })
})
