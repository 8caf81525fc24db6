import { join } from 'node:path'
import { fingerprintOf, Isolation, onScratch, TestServer } from '@hearth/sandbox'
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
const server = new TestServer(driver.url, blueprint, driver.connect, { allowOtherDatabases: true })
const worker = process.env.BUN_TEST_WORKER_ID

/** What gives each test its transaction: for whatever runs the tests. */
export const isolation = await Isolation.open(server, worker)

/** The app's database in tests: the statements of a test are rolled back at its end. */
export const db = driver.appDb(isolation.db)

/** Whether the driver knows transactions that last longer than a request. */
export const hasTransactions = driver.hasTransactions

/** Connects to the tests' database past the sandbox, where statements commit: for tests of the sandbox itself. */
export const connectPast = () => server.connect(worker)

/** Stops what the driver needs. */
export const stopDriver = driver.stop

/**
 * Runs `work` on a separate database, where `db` commits and statements run at once: for tests of races. It is dropped
 * afterwards.
 */
export const committed = <T>(work: () => Promise<T>): Promise<T> => onScratch(server, work)
