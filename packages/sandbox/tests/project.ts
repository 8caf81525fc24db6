import { join } from 'node:path'
import { environment, textOf } from '../../../tests/support/processes.ts'
import { serverUrl } from '../../../tests/support/server-url.ts'

/** The drivers that the project can use. */
export const DRIVERS = ['bun-sql', 'postgres-js', 'pg']

type Environment = Record<string, string | undefined>

/** What `bun test` reported: its exit code, all that it printed, and the names of the tests that passed and failed. */
export type Report = { code: number; text: string; passed: string[]; failed: string[] }

/**
 * Makes two databases for the project in `project/`, one for its tests and one that its app has, and returns what runs its
 * tests; `args` are those of `bun test`.
 */
export async function startProject() {
  const url = await serverUrl()
  const name = `sandbox_project_${crypto.randomUUID().slice(0, 8)}`
  const at = (database: string) => Object.assign(new URL(url), { pathname: `/${database}` }).href
  const env = { TEST_URL: at(name), APP_URL: at(`app_of_${name}`) }
  const admin = new Bun.SQL(url, { max: 1 })
  await admin.unsafe(`create database ${name}`)
  await admin.unsafe(`create database app_of_${name}`)
  const start = (args: string[], more: Environment = {}) =>
    Bun.spawn([process.execPath, 'test', ...args], {
      cwd: join(import.meta.dir, 'project'),
      env: environment({
        NO_COLOR: '1',
        BUN_TEST_WORKER_ID: undefined,
        PGAPPNAME: undefined,
        ...env,
        ...more,
      }),
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    })
  return {
    name,
    env,
    start,
    async run(args: string[], more: Environment = {}): Promise<Report> {
      const child = start(args, more)
      const [out, err] = await Promise.all([textOf(child.stdout), textOf(child.stderr)])
      const [results = ''] = err.split(/\n\d+ tests? (failed|skipped):/)
      const named = (kind: string) =>
        [...results.matchAll(new RegExp(`^\\(${kind}\\) (.*?)(?: \\[[\\d.]+m?s\\])?$`, 'gm'))].map(
          ([, it = '']) => it,
        )
      return { code: await child.exited, text: out + err, passed: named('pass'), failed: named('fail') }
    },
    async remove(): Promise<void> {
      const ours = await admin`select datname from pg_database where strpos(datname, ${name}) > 0`
      for (const { datname } of ours) await admin.unsafe(`drop database ${datname} with (force)`)
      await admin.close()
    },
  }
}
