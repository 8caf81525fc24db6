import { test } from 'bun:test'
import { connectPast } from './db.ts'
import { isClean, misuse } from './misuse.ts'
import { users } from './schema.ts'

const pool = connectPast()
await pool.db.execute('select 1')

test('a session that is open already', isClean)
misuse('a hidden session writes', () => pool.db.insert(users).values({ name: 'bob' }))
