import { connect } from '../../src/db/bun-sql.ts'
import { databaseUrl } from '../../tools/postgres/databases.ts'
import { sandboxed } from './sandbox/database.ts'

/** The connections below the sandbox. */
export const connection = connect(await databaseUrl('test'))

/** The app's database in tests: what runs here is taken back at the end of the test. */
export const db = sandboxed(connection.db)
