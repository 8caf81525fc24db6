import { join } from 'node:path'
import { connect } from '../../src/db/bun-sql.ts'
import { databaseUrl } from '../../tools/postgres/databases.ts'
import { fingerprintOf } from './sandbox/blueprint.ts'
import { sandboxed } from './sandbox/database.ts'
import { TestServer } from './sandbox/server.ts'

const project = join(import.meta.dir, '../..')
const models = [...new Bun.Glob('src/**/table.ts').scanSync({ cwd: project, absolute: true })].sort()

const server = new TestServer(
  await databaseUrl('test'),
  {
    fingerprint: fingerprintOf(models, await Bun.file(join(project, 'package.json')).text()),
    async statements() {
      // drizzle-kit takes longer to load than all tests of a small file.
      const { createStatements } = await import('../../tools/migrate/kit.ts')
      const { loadModels } = await import('../../tools/migrate/models.ts')
      return createStatements(await loadModels())
    },
  },
  connect,
)

/** The connections below the sandbox: to a database of this worker's own under `bun test --parallel`. */
export const connection = await server.open(process.env.BUN_TEST_WORKER_ID)

/** The app's database in tests: what runs here is taken back at the end of the test. */
export const db = sandboxed(connection.db)
