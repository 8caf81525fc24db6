import { within } from './current.ts'
import type { TestServer } from './server.ts'

/**
 * Runs `work` outside of the sandbox: on a separate database, where statements commit and run at once on many connections,
 * as in production. It is dropped afterwards. For tests of races and of what is committed; it costs some 50 ms.
 */
export async function onScratch<T>(server: TestServer, work: () => Promise<T>): Promise<T> {
  const { db, close } = await server.openScratch()
  try {
    return await within(
      { statement: (_query, run) => run(db), transaction: (run, config) => db.transaction(run, config) },
      work,
    )
  } finally {
    await close()
  }
}
