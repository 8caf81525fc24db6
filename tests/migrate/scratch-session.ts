import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Created, createMigration } from '../../packages/migrate/src/create/create.ts'
import { fileText, writeMigration } from '../../packages/migrate/src/create/write.ts'
import { snapshotOf } from '../../packages/migrate/src/kit.ts'
import { modelOf } from '../../packages/migrate/src/plan/model.ts'
import { plan } from '../../packages/migrate/src/plan/plan.ts'
import { type Session, withSession } from '../../packages/migrate/src/run/session.ts'
import { PROJECT } from '../../tools/migrate/project.ts'
import { withScratchDatabase } from '../support/scratch.ts'
import type { Models } from './cases/case.ts'

/** A scratch database that lasts for all tests of a file, and what they do with it. */
export type Scratch = {
  session: Session
  /** Writes a migration to `before`, creates the one from there to `after`, and lets `look` look at what was created. */
  migrating: (pair: Steps, look: (created: Created[], folder: string) => Promise<void>) => Promise<void>
  close: () => Promise<void>
}

/** Models before and after. `byHand` is SQL that the migration to `before` does beside what is in the models. */
export type Steps = { before: Models; after: Models; renames?: string[]; byHand?: string }

export async function openScratch(): Promise<Scratch> {
  const opened = Promise.withResolvers<Session>()
  const closing = Promise.withResolvers<void>()
  const closed = withScratchDatabase((url) =>
    withSession(url, (session) => {
      opened.resolve(session)
      return closing.promise
    }),
  )
  const session = await Promise.race([opened.promise, closed.then(() => opened.promise)])
  return {
    session,
    migrating: (pair, look) => migrating(session, pair, look),
    close: () => {
      closing.resolve()
      return closed
    },
  }
}

async function migrating(
  session: Session,
  { before, after, renames = [], byHand }: Steps,
  look: (created: Created[], folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-pair-'))
  const order = {
    folder,
    models: after,
    message: 'change',
    empty: false,
    noProof: false,
    scratch: await PROJECT.scratch(),
    answers: { renames, drops: [], noRename: true },
    ask: async () => undefined,
  }
  try {
    writeFirst(folder, before, byHand ? [byHand] : [])
    const { created } = await createMigration(order, (work) => work(session))
    await look(created, folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

// A first migration that needs no proof, since it is only where the second begins.
function writeFirst(folder: string, models: Models, byHand: string[]): void {
  const snapshot = snapshotOf(models)
  const [nothing, all] = [modelOf(snapshotOf({})), modelOf(snapshot)]
  writeMigration(folder, {
    slug: 'start',
    up: fileText([], [...plan(nothing, all).statements, ...byHand]),
    down: fileText([], plan(all, nothing).statements),
    snapshot,
  })
}

/** The text of the files that were created. */
export const textOf = ({ files }: Created): string =>
  files.map((file) => readFileSync(file, 'utf8')).join('\n')
