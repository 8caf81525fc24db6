import { join } from 'node:path'
import { fingerprintOf, onScratch, TestServer } from '@hearth/sandbox'
import { databaseUrl } from '../../tools/databases.ts'
import { openDriver } from './drivers.ts'

const project = join(import.meta.dir, '../..')
const models = [...new Bun.Glob('src/**/table.ts').scanSync({ cwd: project, absolute: true })].sort()
const blueprint = {
  fingerprint: fingerprintOf(models, await Bun.file(join(project, 'package.json')).text()),
  async statements() {
    // Loading drizzle-kit takes longer than the tests of a file do.
    const { createStatements } = await import('../../packages/migrate/src/kit.ts')
    const { loadModels } = await import('../../tools/migrate/models.ts')
    return createStatements(await loadModels())
  },
}

// Neon's pooled host gives every transaction another session, but a sandbox keeps one.
const url = (await databaseUrl('test')).replace(/@([^./]+)-pooler\./, '@$1.')
const driver = await openDriver(process.env.TEST_DRIVER || 'bun-sql', url)
const server = new TestServer(driver.url, blueprint, driver.connect)
const connection = await server.open(process.env.BUN_TEST_WORKER_ID)

/** The database below the sandbox, which commits what it is told: for the sandbox itself. */
export const realDb = connection.db

/** The app's database in tests: what runs here is taken back at the end of the test. */
export const db = driver.appDb(realDb)

/** Whether the driver knows transactions that last longer than a request. */
export const hasTransactions = driver.hasTransactions

/** Closes the tests' connections. */
export async function closeDb(): Promise<void> {
  await connection.close()
  await driver.stop()
}

/**
 * Runs `work` on a database of its own, where `db` commits and statements run at once: for tests of races. It is dropped
 * afterwards.
 */
export const committed = <T>(work: () => Promise<T>): Promise<T> => onScratch(server, work)
