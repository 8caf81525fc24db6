import { expect, test } from 'bun:test'
import { connect as overBun } from '../src/db/bun-sql.ts'
import { connect as overPostgresJs } from '../src/db/postgres-js.ts'
import { startFaultyProxy } from './support/faulty-proxy.ts'
import { serverUrl } from './support/server-url.ts'

// Nothing awaits a statement of the driver's own, so a connection that breaks during it would end the process.
test.each([
  ['Bun.SQL', overBun],
  ['postgres.js', overPostgresJs],
])("%s sends the app's statements only", async (_, connect) => {
  const proxy = await startFaultyProxy(await serverUrl())
  const { db, close } = connect(proxy.url)
  await db.execute('select 1')
  await Bun.sleep(50)
  expect(proxy.statements()).toBe(1)
  await close()
  await proxy.stop()
})
