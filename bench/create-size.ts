import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AnyPgColumn, index, integer, pgTable, text, timestamp, varchar } from 'drizzle-orm/pg-core'
import { createMigration } from '../packages/migrate/src/create/create.ts'
import { PROJECT } from '../tools/migrate/project.ts'

/** Models of so many tables, the first of which may have one column more; foreign keys lead to earlier tables. */
function modelsOf(tables: number, keys: number, more: boolean): Record<string, unknown> {
  const made: { id: AnyPgColumn }[] = []
  for (let n = 0; n < tables; n++) {
    const references = Array.from({ length: keys }, (_, k) => k).filter(
      (k) => n > 0 && k % (tables - 1) === n - 1,
    )
    const columns = Object.fromEntries(
      references.map((k) => {
        const target = made[(k * 7) % n] as { id: AnyPgColumn }
        return [`ref${k}`, integer(`ref${k}`).references(() => target.id, { onDelete: 'cascade' })]
      }),
    )
    const table = pgTable(
      `t${n}`,
      {
        id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
        name: varchar('name', { length: 80 }).notNull().unique(),
        note: text('note'),
        at: timestamp('at').notNull().defaultNow(),
        ...columns,
        ...(more && n === 0 ? { added: text('added') } : {}),
      },
      ({ at }) => [index(`t${n}_at`).on(at)],
    )
    made.push(table)
  }
  return Object.fromEntries(made.map((table, n) => [`t${n}`, table]))
}

const scratch = await PROJECT.scratch()
for (const [tables, keys] of [
  [25, 40],
  [67, 133],
  [132, 236],
] as const) {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-size-'))
  const create = async (more: boolean) => {
    const started = performance.now()
    const { created } = await createMigration({
      folder,
      models: modelsOf(tables, keys, more),
      message: more ? 'add a column' : 'start',
      empty: false,
      noProof: false,
      scratch,
      answers: { renames: [], drops: [], noRename: true },
      ask: async () => undefined,
    })
    const isProved = created.every(({ proof }) => proof.differences.length === 0)
    return `${((performance.now() - started) / 1000).toFixed(1)} s${isProved ? '' : ' (not proved)'}`
  }
  try {
    console.log(
      `${tables} tables, ${keys} foreign keys: first migration ${await create(false)}, one column more ${await create(true)}`,
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}
