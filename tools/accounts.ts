import { type Config, loadConfig } from '../src/config.ts'
import { connect } from '../src/db/bun-sql.ts'
import type { Db } from '../src/db/db.ts'
import { AppError } from '../src/errors.ts'
import { Password } from '../src/identity/schema.ts'
import { ToolError } from './error.ts'
import { migratedDatabase } from './migrate/development.ts'
import { askSecret } from './prompt.ts'

/**
 * Does `work` on the development database, or on the one that DATABASE_URL names, and prints the sentence that it returns. Returns
 * the exit code. Throws `ToolError` for what the app refuses, and where migrations are pending on a database that was named.
 */
export async function onUsers(work: (db: Db, config: Config) => Promise<string>): Promise<number> {
  const url = await migratedDatabase()
  const config = loadConfig({ ...process.env, DATABASE_URL: url })
  const { db, close } = connect(url)
  try {
    console.log(await work(db, config))
    return 0
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const [refused] = error.extras.errors ?? []
    throw new ToolError(refused ? `The password ${refused.detail}.` : error.message)
  } finally {
    await close()
  }
}

/** The password that PASSWORD gives, or else the terminal; normalised. Throws `ToolError` with `otherwise` where there is neither. */
export async function askPassword(username: string, otherwise: string, config: Config): Promise<string> {
  const given = process.env.PASSWORD || (await askSecret(`Password for ${username}: `, otherwise))
  const password = Password(config).safeParse(given)
  if (!password.success) throw new ToolError(`The password ${password.error.issues[0]?.message}.`)
  return password.data
}
