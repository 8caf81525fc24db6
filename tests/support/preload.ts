import { connection } from './db.ts'
import { sandboxEveryTest } from './sandbox/bun-test.ts'

sandboxEveryTest(connection.db, connection.close)
