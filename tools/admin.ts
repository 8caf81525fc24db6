import { loadConfig } from '../src/config.ts'
import { connect } from '../src/db/bun-sql.ts'
import type { Db } from '../src/db/db.ts'
import { AppError } from '../src/errors.ts'
import { NewUser } from '../src/users/schema.ts'
import { createUser, findUser, updateUser } from '../src/users/service.ts'
import { runTool, ToolError } from './error.ts'
import { migrateDevelopment } from './migrate/development.ts'
import { askSecret } from './prompt.ts'

// What `make admin` does: over HTTP only admins make admins, so neither the first one can be made there, nor one again when
// the last has demoted or suspended itself.
await runTool(async () => {
  if (!process.env.USERNAME) throw new ToolError('Say who: make admin USERNAME=alice.')
  const username = NewUser.shape.username.safeParse(process.env.USERNAME)
  if (!username.success) throw new ToolError(`The user name ${username.error.issues[0]?.message}.`)
  const url = await migrateDevelopment()
  const { db, close } = connect(url)
  try {
    console.log(await makeAdmin(db, username.data, loadConfig({ ...process.env, DATABASE_URL: url })))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const [refused] = error.extras.errors ?? []
    throw new ToolError(refused ? `The password ${refused.detail}.` : error.message)
  } finally {
    await close()
  }
  return 0
})

async function makeAdmin(db: Db, username: string, config: ReturnType<typeof loadConfig>): Promise<string> {
  const known = await findUser(db, username)
  if (known?.role === 'admin' && !known.suspended) return `${username} is an admin already.`
  if (known) {
    await updateUser(db, known.id, { role: 'admin', suspended: false })
    return `${username} is an admin now${known.suspended ? ', and no longer suspended' : ''}.`
  }
  const password =
    process.env.PASSWORD ||
    (await askSecret(
      `Password for ${username}: `,
      `There is no user ${username} yet; give PASSWORD=… to make one.`,
    ))
  const input = NewUser.safeParse({ username, password })
  if (!input.success) throw new ToolError(`The password ${input.error.issues[0]?.message}.`)
  const user = await createUser(db, input.data, config)
  await updateUser(db, user.id, { role: 'admin' })
  return `${username} is made, as an admin.`
}
