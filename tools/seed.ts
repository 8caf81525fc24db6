import { Username } from '../src/identity/schema.ts'
import { findUser } from '../src/users/operator.ts'
import { NewUser } from '../src/users/schema.ts'
import { createUser } from '../src/users/service.ts'
import { onUsers } from './accounts.ts'
import { runTool, ToolError } from './error.ts'

const PASSWORD = 'correct horse battery staple'

// A real hash takes a fifth of a second. A sign-in replaces this one, so that only seeds that are used cost as much.
const CHEAP = { N: 2, r: 1, p: 1 }

// What `make seed` does: users for development, made by the app's own rules. Users that exist are left as they are.
await runTool(async () => {
  const count = Number(process.env.COUNT || 1000)
  if (!Number.isInteger(count) || count < 1 || count > 99_999)
    throw new ToolError('COUNT must be a whole number from 1 to 99999.')
  if (process.env.DATABASE_URL)
    throw new ToolError(
      'DATABASE_URL is set, and seeds have a known password: they are for the embedded database alone. Nothing was changed.',
      2,
    )
  return onUsers(async (db, config) => {
    let created = 0
    for (let number = 1; number <= count; number++) {
      const username = Username.parse(`user-${String(number).padStart(5, '0')}`)
      showProgress(number, count)
      if (await findUser(db, username)) continue
      const input = NewUser(config).parse({ username, password: PASSWORD }) // an address would be sent a mail
      await createUser(db, input, { ...config, scrypt: CHEAP })
      created++
    }
    return `Created ${created} of ${count} users. The password of each is: ${PASSWORD}`
  })
})

function showProgress(done: number, of: number): void {
  if (!process.stderr.isTTY) return
  const filled = Math.round((done / of) * 40)
  process.stderr.write(
    `\r${'█'.repeat(filled)}${'░'.repeat(40 - filled)} ${done}/${of}${done === of ? '\n' : ''}`,
  )
}
