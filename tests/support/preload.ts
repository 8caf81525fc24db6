import { closeDb, realDb } from './db.ts'
import { sandboxEveryTest } from './sandbox/bun-test.ts'

sandboxEveryTest(realDb, closeDb)
