import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { dirname, join } from 'node:path'
import { environment, ownServer } from './support/processes.ts'

setDefaultTimeout(60_000)
const root = join(import.meta.dir, '..')
const server = ownServer()
afterAll(server.remove)

/** The first block of a language in the README after `heading`. */
function block(readme: string, heading: string, language: string): string {
  const section = readme.slice(readme.indexOf(heading))
  return new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(section)?.[1] ?? ''
}

const withoutWhatVaries = (output: string) =>
  output.replace(/"(createdAt|updatedAt|expiresAt|requestId)":"[^"]*"/g, '"$1":"…"').trim()

test('the tour prints what the README says', async () => {
  const readme = await Bun.file(join(root, 'README.md')).text()
  const { app, address } = await server.startApp()
  const tour = block(readme, '## Two minutes', 'sh').replaceAll('http://localhost:3000', address)
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`
  const shell = Bun.spawn(['sh', '-c', tour], {
    cwd: root,
    env: environment({ ...server.env, PATH }),
    stderr: 'pipe',
  })
  const [output, errors] = await Promise.all([
    new Response(shell.stdout).text(),
    new Response(shell.stderr).text(),
  ])
  app.kill()
  await app.exited
  expect(withoutWhatVaries(output)).toBe(block(readme, '## Two minutes', 'console').trim())
  expect(errors).toBe('')
})
