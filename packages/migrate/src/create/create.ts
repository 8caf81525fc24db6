import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { DRIZZLE_TABLE, readFolder } from '../folder.ts'
import { snapshotOf } from '../kit.ts'
import { hazardLines } from '../plan/hazards.ts'
import { modelOf } from '../plan/model.ts'
import { plan } from '../plan/plan.ts'
import { truncated } from '../plan/sql.ts'
import { type Proof, prove, type Step } from '../proof/prove.ts'
import { impactLines } from '../proof/report.ts'
import { forgettingNewRoles } from '../proof/roles.ts'
import { unproved } from '../proof/unproved.ts'
import { Refusal } from '../refusal.ts'
import { type Session, withSession } from '../run/session.ts'
import { withScratchDatabase } from '../scratch.ts'
import type { Snapshot } from '../snapshot.ts'
import { lastSnapshot } from '../snapshot-file.ts'
import { type Answers, type Ask, decideRenames } from './decisions.ts'
import type { Question } from './questions.ts'
import { fileText, slugOf, writeMigration } from './write.ts'

/** What to make a migration of. `empty`: the statements will be written by hand. */
export type Order = {
  folder: string
  models: Record<string, unknown>
  message: string
  empty: boolean
  /** Whether nothing is tried on a scratch database; the files say so. */
  noProof: boolean
  /** The URL of a server on which scratch databases can be made. */
  scratch: string
  answers: Answers
  ask: Ask
}

/** Runs work on a scratch database. */
type InScratch = <T>(work: (session: Session | null) => Promise<T>) => Promise<T>

/** A migration that was written, and how its proof went. */
export type Created = { name: string; files: string[]; proof: Proof }

/**
 * Writes the migration that leads from a folder's last snapshot to the models, with its down migration, both proved on a scratch
 * database. Writes nothing where there is nothing to do or a question is open; writes two migrations where indexes are
 * made CONCURRENTLY among other changes. Throws `usage`, `missing` and `broken_folder`.
 */
export async function createMigration(
  order: Order,
  inScratch: InScratch = (work) => withScratchDatabase(order.scratch, (url) => withSession(url, work)),
): Promise<{ created: Created[]; open: Question[] }> {
  const slug = slugOf(order.message)
  const previous = lastSnapshot(order.folder) ?? snapshotOf({})
  const next = order.empty
    ? { ...previous, id: randomUUID(), prevId: previous.id }
    : { ...snapshotOf(order.models), prevId: previous.id }
  const { renames, open } = await decideRenames(previous, next, order.answers, order.ask)
  if (open.length > 0) return { created: [], open }
  const first = plan(modelOf(previous), modelOf(next), renames)
  if (first.statements.length === 0 && !order.empty) return { created: [], open }

  const inSession: InScratch = order.noProof ? (work) => work(null) : inScratch
  return inSession(async (session) => {
    const created: Created[] = []
    let step = { from: previous, renames }
    for (const { suffix, snapshot: to } of stages(next, first.couldBeConcurrent)) {
      created.push(await createOne(session, order, `${slug}${suffix}`, { ...step, to }))
      step = { from: to, renames: [] }
    }
    return { created, open }
  })
}

// CONCURRENTLY needs a separate migration, outside a transaction.
function stages(next: Snapshot, indexes: string[]): { suffix: string; snapshot: Snapshot }[] {
  if (indexes.length === 0) return [{ suffix: '', snapshot: next }]
  const without = { ...structuredClone(next), id: randomUUID() }
  for (const table of Object.values(without.tables)) {
    for (const name of Object.keys(table.indexes))
      if (indexes.includes(truncated(name))) delete table.indexes[name]
  }
  return [
    { suffix: '', snapshot: without },
    { suffix: '_concurrently', snapshot: { ...next, prevId: without.id } },
  ]
}

async function createOne(
  session: Session | null,
  { folder: path, empty }: Order,
  slug: string,
  step: Omit<Step, 'folder'>,
): Promise<Created> {
  const folder = existsSync(path)
    ? readFolder(path)
    : { path, migrations: [], remarks: [], table: DRIZZLE_TABLE }
  const stray = folder.remarks.find(
    ({ kind, name }) => kind === 'stray' && name > (folder.migrations.at(-1)?.name ?? ''),
  )
  if (stray) throw new Refusal('broken_folder', stray.message)
  const proof = session
    ? await forgettingNewRoles(session, [step.from, step.to], () => prove(session, { ...step, folder }))
    : unproved({ ...step, folder })
  const doubts = session ? proof.differences : ['--no-proof was given']
  const notProved = doubts.map((it) => `-- hearth: not proved: ${it.replaceAll(/\s*\n\s*/g, ' ')}`)
  const text = (way: Proof['up']) =>
    empty
      ? HAND_WRITTEN
      : fileText(
          [
            ...(way.concurrent ? ['-- hearth: no-transaction'] : []),
            ...notProved,
            ...hazardLines(way),
            ...(way === proof.up ? impactLines(proof.impacts) : []),
          ],
          way.statements,
        )
  return {
    ...writeMigration(path, { slug, up: text(proof.up), down: text(proof.down), snapshot: step.to }),
    proof,
  }
}

const HAND_WRITTEN = `-- Write the statements here, with a line
--   --> statement-breakpoint
-- between each two. The command check tries both files on a scratch database.
`
