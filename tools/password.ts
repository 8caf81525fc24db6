import type { Config } from '../src/config.ts'
import type { Db } from '../src/db/db.ts'
import { presentedName } from '../src/identity/schema.ts'
import { findUser, setPassword } from '../src/users/operator.ts'
import { askPassword, onUsers } from './accounts.ts'
import { runTool, ToolError } from './error.ts'

// What `make password` does: the way to help a user who forgot the password, since no email is sent.
await runTool(async () => {
  const { USERNAME } = process.env
  if (!USERNAME) throw new ToolError('Say whose: make password USERNAME=alice.')
  return onUsers((db, config) => changePassword(db, USERNAME, config))
})

async function changePassword(db: Db, name: string, config: Config): Promise<string> {
  const username = presentedName(1000).safeParse(name) // not by the rules for new names, which an old one may break
  const user = username.success ? await findUser(db, username.data) : null
  if (!user) throw new ToolError(`There is no user ${name}.`)
  const password = await askPassword(user.username, 'Give the new password as PASSWORD=….', config)
  await setPassword(db, user, password, config)
  return `Changed the password of ${user.username}; all of its sessions have ended.`
}
