import { type AnyDatabase, type Connect, send } from './drizzle.ts'
import { SandboxError } from './errors.ts'
import { nameOf, namesSame } from './names.ts'

const PATIENCE_MS = 3_000

// Equal for two connections to one database, also by different addresses of its server.
const IDENTITY = `select concat(oid, '/', extract(epoch from pg_postmaster_start_time())) as identity
from pg_database where datname = current_database()`

/**
 * Throws `SandboxError` when `url`, which `db` has open, is the database of the app. The server says whether it is, since one
 * database has many URLs; the text of the two counts only when the app's database can't be reached.
 */
export async function refuseAppDatabase(
  db: AnyDatabase,
  url: string,
  appUrl: string | null | undefined,
  connect: Connect,
): Promise<void> {
  if (!appUrl || !URL.canParse(appUrl) || nameOf(appUrl) !== nameOf(url)) return
  const app = connect(appUrl)
  const isSame = await Promise.race([
    Promise.all([identityOf(db), identityOf(app.db)]).then(([tests, apps]) => tests === apps),
    new Promise<never>((_, reject) => setTimeout(reject, PATIENCE_MS).unref()),
  ]).catch(() => namesSame(url, appUrl))
  app.close().catch(() => {})
  if (isSame) {
    throw new SandboxError(
      `The tests' database "${nameOf(url)}" is the database of the app (DATABASE_URL), and nothing was changed: create another one for the tests.`,
    )
  }
}

async function identityOf(db: AnyDatabase): Promise<unknown> {
  const [[row] = []] = await send(db, IDENTITY)
  return row?.identity
}
