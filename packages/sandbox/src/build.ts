import { opening, registerSession } from './activity.ts'
import type { Blueprint } from './blueprint.ts'
import { CREATE_CLOCK, USE_CLOCK } from './clock.ts'
import { type AnyDatabase, internals, send, sqlState } from './drizzle.ts'
import { SandboxError } from './errors.ts'
import { dropStatements, type Inventory, markStatement, takeInventory } from './ownership.ts'
import { rewriteClock, splitStatements } from './statements.ts'
import { takeBaseline } from './survivors.ts'

const DUPLICATE_OBJECT = '42710'

/**
 * Builds a database from the blueprint and marks it, in one transaction. What an earlier build made is dropped first, and
 * nothing else; `reset` drops everything. Throws `SandboxError` for a statement that fails.
 */
export async function build(
  db: AnyDatabase,
  blueprint: Blueprint,
  fingerprint: string,
  reset: boolean,
): Promise<void> {
  const statements = await blueprint.statements()
  await db.transaction(async (tx) => {
    await opening(registerSession(tx))
    const found = await takeInventory(tx)
    await send(tx, dropStatements(reset ? found.objects : madeEarlier(found)))
    await send(tx, 'drop schema if exists sandbox cascade')
    const before = await takeInventory(tx)
    await send(tx, `create schema if not exists public; grant usage on schema public to public`)
    await send(tx, `${CREATE_CLOCK} ${USE_CLOCK}`)
    for (const statement of statements) await execute(tx, statement)
    await send(tx, markStatement(fingerprint, before, await takeInventory(tx), await takeBaseline(tx)))
  })
}

const madeEarlier = ({ mark, objects }: Inventory) => (mark ? (mark.made ?? objects) : [])

const CREATES_ROLE = /^create\s+(role|user|group)\b(?!\s+mapping)/i

// In a transaction an index can't be built concurrently; in an empty database it need not be.
const plain = (statement: string) =>
  statement.replace(/^(\s*(?:create\s+(?:unique\s+)?|drop\s+)index\s+)concurrently\s+/gim, '$1')

// Roles belong to the server: other databases, and earlier builds, may have made them.
async function execute(db: AnyDatabase, text: string): Promise<void> {
  const parts = /\bcreate\s+(role|user|group)\b/i.test(text) ? splitStatements(text) : [text]
  for (const part of parts) {
    try {
      await (CREATES_ROLE.test(part) ? createRole(db, part) : run(db, rewriteClock(plain(part))))
    } catch (error) {
      const shown = part.replace(/\s+/g, ' ').trim().slice(0, 100)
      throw new SandboxError(
        `The blueprint fails at \`${shown}\`: ${reasonOf(error)} (SQLSTATE ${sqlState(error)}).`,
      )
    }
  }
}

async function createRole(db: AnyDatabase, statement: string): Promise<void> {
  await db
    .transaction((tx) => run(tx, statement))
    .catch((error: unknown) => {
      if (sqlState(error) !== DUPLICATE_OBJECT) throw error
    })
}

// Not by `send`: its comment would be kept in the source of views and functions.
const run = (db: AnyDatabase, sql: string) =>
  internals(db).session.prepareQuery({ sql, params: [] }, undefined, undefined, false).execute()

const reasonOf = (error: unknown) => {
  const { cause, message } = error as Error
  return cause instanceof Error ? cause.message : message
}
