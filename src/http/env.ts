import type { RequestIdVariables } from 'hono/request-id'
import type { Config } from '../config.ts'
import type { Db } from '../db/db.ts'
import type { Migration } from '../db/migration.ts'
import type { Work } from '../db/work.ts'
import type { Room } from './room.ts'

/**
 * What the runtime hands the app with each request. `probe` reaches the same database as `db`, for `/ready` alone, which
 * requests can't starve then; `migration` is the one that the database must have to be ready; `ip` is the address at the other
 * end of the connection; `room` is set where one hash stops all other requests; `isDraining` says that the process stops soon.
 */
export type Services = {
  db: Db
  probe?: Db | undefined
  config: Config
  migration?: Migration | undefined
  ip?: string | undefined
  /** Fetches a static asset, where the runtime keeps them apart from the code. */
  asset?: ((path: string) => Promise<Response>) | undefined
  /** Says that a mail was put into the outbox, so that it need not wait for the next look. */
  deliver?: (() => void) | undefined
  room?: Room | undefined
  isDraining?: (() => boolean) | undefined
}

/**
 * The types of a Hono context that hold on every route. `signal` aborts when the request's time is up or its client has left
 * (`deadline.ts`), and so do the statements of its `work`. A guard adds the caller for the handlers behind it.
 */
export type Env = { Bindings: Services; Variables: RequestIdVariables & { signal: AbortSignal; work: Work } }
