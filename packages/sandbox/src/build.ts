import type { Blueprint } from './blueprint.ts'
import { CREATE_CLOCK, USE_CLOCK } from './clock.ts'
import { type AnyDatabase, send } from './drizzle.ts'
import { dropStatements, type Inventory, markStatement, takeInventory } from './ownership.ts'

/**
 * Builds a database from the blueprint and marks it, in one transaction. What an earlier build made is dropped first, and
 * nothing else; `reset` drops everything.
 */
export async function build(
  db: AnyDatabase,
  blueprint: Blueprint,
  fingerprint: string,
  reset: boolean,
): Promise<void> {
  const statements = await blueprint.statements()
  await db.transaction(async (tx) => {
    const found = await takeInventory(tx)
    await send(tx, dropStatements(reset ? found.objects : madeEarlier(found)))
    const before = await takeInventory(tx)
    await send(tx, `create schema if not exists public; grant usage on schema public to public`)
    await send(tx, `${CREATE_CLOCK}; ${USE_CLOCK}`)
    for (const statement of statements) await send(tx, statement)
    await send(tx, markStatement(fingerprint, before, await takeInventory(tx)))
  })
}

const madeEarlier = ({ mark, objects }: Inventory) => (mark ? (mark.made ?? objects) : [])
