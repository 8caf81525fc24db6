import type { Db } from '../src/db/db.ts'
import type { PasswordPolicy } from '../src/users/password.ts'
import { NewUser } from '../src/users/schema.ts'
import { createUser, findUser, updateUser } from '../src/users/service.ts'
import { askPassword, onUsers } from './accounts.ts'
import { runTool, ToolError } from './error.ts'

// What `make admin` does: over HTTP only admins make admins, so neither the first one can be made there, nor one again when
// the last has demoted or suspended itself.
await runTool(async () => {
  if (!process.env.USERNAME) throw new ToolError('Say who: make admin USERNAME=alice.')
  const username = NewUser.shape.username.safeParse(process.env.USERNAME)
  if (!username.success) throw new ToolError(`The user name ${username.error.issues[0]?.message}.`)
  return onUsers((db, policy) => makeAdmin(db, username.data, policy))
})

async function makeAdmin(db: Db, username: string, policy: PasswordPolicy): Promise<string> {
  const known = await findUser(db, username)
  if (known && process.env.PASSWORD) {
    throw new ToolError(
      `${username} exists already, and make admin changes no password: leave PASSWORD out, or run make password USERNAME=${username}.`,
      2,
    )
  }
  if (known?.role === 'admin' && !known.suspended) return `${username} is already an admin.`
  if (known) {
    await updateUser(db, known.id, { role: 'admin', suspended: false })
    return `${username} is now an admin${known.suspended ? ', and no longer suspended' : ''}.`
  }
  const password = await askPassword(
    username,
    `There is no user ${username} yet; give PASSWORD=… to create one.`,
  )
  const user = await createUser(db, { username, password, email: null }, policy)
  await updateUser(db, user.id, { role: 'admin' })
  return `Created ${username} as an admin.`
}
