import type { RequestIdVariables } from 'hono/request-id'
import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import type { Migration } from '../db/migration.ts'
import type { UserRow } from '../users/service.ts'

/**
 * What the place where the app runs hands it with each request. `migration` is the one that the database must have to be ready,
 * and `ip` the address of the connection's other end.
 */
export type Services = {
  db: Db
  config: Config
  migration?: Migration | undefined
  ip?: string | undefined
}

/** The types of a Hono context in this app. */
export type Env = {
  Bindings: Services
  Variables: RequestIdVariables & { user: UserRow; tokenDigest: string }
}
