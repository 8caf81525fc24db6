import type { Db } from '../src/db/db.ts'
import type { PasswordPolicy } from '../src/users/password.ts'
import { presentedName } from '../src/users/schema.ts'
import { findUser } from '../src/users/service.ts'
import { setPassword } from '../src/users/set-password.ts'
import { askPassword, onUsers } from './accounts.ts'
import { runTool, ToolError } from './error.ts'

// What `make password` does: the way to help a user who forgot the password, since no email is sent.
await runTool(async () => {
  const { USERNAME } = process.env
  if (!USERNAME) throw new ToolError('Say whose: make password USERNAME=alice.')
  return onUsers((db, policy) => changePassword(db, USERNAME, policy))
})

async function changePassword(db: Db, name: string, policy: PasswordPolicy): Promise<string> {
  const username = presentedName(1000).safeParse(name) // not by the rules for new names, which an old one may break
  const user = username.success ? await findUser(db, username.data) : null
  if (!user) throw new ToolError(`There is no user ${name}.`)
  const password = await askPassword(user.username, 'Give the new password as PASSWORD=….')
  await setPassword(db, user, password, policy)
  return `Changed the password of ${user.username}; all of its sessions have ended.`
}
