import type { Config } from '../src/config.ts'
import type { Db } from '../src/db/db.ts'
import { Username } from '../src/identity/schema.ts'
import { findUser, promoteUser } from '../src/users/operator.ts'
import { NewUser } from '../src/users/schema.ts'
import { createUser } from '../src/users/service.ts'
import { askPassword, onUsers } from './accounts.ts'
import { runTool, ToolError } from './error.ts'

// What `make admin` does: over HTTP only admins make admins, so neither the first one can be made there, nor one again when
// the last has demoted or suspended itself.
await runTool(async () => {
  if (!process.env.USERNAME) throw new ToolError('Say who: make admin USERNAME=alice.')
  const username = Username.safeParse(process.env.USERNAME)
  if (!username.success) throw new ToolError(`The user name ${username.error.issues[0]?.message}.`)
  return onUsers((db, config) => makeAdmin(db, username.data, config))
})

async function makeAdmin(db: Db, username: string, config: Config): Promise<string> {
  const known = await findUser(db, username)
  if (known && process.env.PASSWORD) {
    throw new ToolError(
      `${username} exists already, and make admin changes no password: leave PASSWORD out, or run make password USERNAME=${username}.`,
      2,
    )
  }
  if (known?.role === 'admin' && !known.suspended) return `${username} is already an admin.`
  if (known) {
    await promoteUser(db, known.id)
    return `${username} is now an admin${known.suspended ? ', and no longer suspended' : ''}.`
  }
  const password = await askPassword(
    username,
    `There is no user ${username} yet; give PASSWORD=… to create one.`,
    config,
  )
  const input = NewUser(config).safeParse({ username, password })
  if (!input.success) throw new ToolError(`The password ${input.error.issues[0]?.message}.`)
  const user = await createUser(db, input.data, config)
  await promoteUser(db, user.id)
  return `Created ${username} as an admin.`
}
