import type { Connect } from '@hearth/sandbox'
import type { Connection } from '../../src/db/db.ts'
import { ToolError } from '../../tools/error.ts'

/** How the tests reach the database. `connect` opens one of its server's databases; `appDb` is what the app gets over it. */
export type Driver = {
  url: string
  connect: Connect
  appDb: (sandboxed: Connection['db']) => Connection['db']
  hasTransactions: boolean
  stop: () => Promise<void>
}

/** The drivers that `TEST_DRIVER` can name; each is loaded when it is used. */
const DRIVERS: Record<string, (url: string) => Promise<Driver>> = {
  async 'bun-sql'(url) {
    return { ...plain(url), connect: (await import('../../src/db/bun-sql.ts')).connect }
  },
  async 'postgres-js'(url) {
    return { ...plain(url), connect: (await import('../../src/db/postgres-js.ts')).connect }
  },
  async 'neon-ws'(url) {
    return { ...plain(url), ...(await (await import('./neon.ts')).overWebSocket(url)) }
  },
  async 'neon-http'(url) {
    return (await import('./neon.ts')).overHttp(url)
  },
}

const plain = (url: string) => ({
  url,
  appDb: (db: Connection['db']) => db,
  hasTransactions: true,
  stop: async () => {},
})

/** The driver called `name`, over the server of `url`. Throws `ToolError` for an unknown one. */
export function openDriver(name: string, url: string): Promise<Driver> {
  const open = DRIVERS[name]
  if (!open) throw new ToolError(`TEST_DRIVER must be one of: ${Object.keys(DRIVERS).join(', ')}.`)
  return open(url)
}
