import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { catalogDifferences, readCatalog } from '../../packages/migrate/src/catalog.ts'
import { readFolder } from '../../packages/migrate/src/folder.ts'
import { snapshotOf } from '../../packages/migrate/src/kit.ts'
import { freshCatalog } from '../../packages/migrate/src/proof/install.ts'
import { emptyDatabase } from '../../packages/migrate/src/scratch.ts'
import type { Script } from '../../packages/migrate/src/script.ts'
import { PATIENT_MS } from '../support/migrations.ts'
import type { Models } from './cases/case.ts'
import { COLUMN_CASES } from './cases/columns.ts'
import { ENUM_CASES, IMPOSSIBLE } from './cases/enums.ts'
import { TABLE_CASES } from './cases/tables.ts'
import { VIEW_CASES } from './cases/views.ts'
import { modelsOf } from './random-models.ts'
import { randomPair } from './random-pairs.ts'
import { openScratch, textOf } from './scratch-session.ts'

// `make fuzz-migrations` tries more of them.
const RANDOM_PAIRS = Number(process.env.RANDOM_PAIRS ?? 12)
const FIRST_SEED = Number(process.env.FIRST_SEED ?? 1)

setDefaultTimeout(PATIENT_MS)
const scratch = await openScratch()
const { query } = scratch.session
afterAll(scratch.close)

describe('a change of models goes both ways:', () => {
  const cases = Object.entries({ ...COLUMN_CASES, ...TABLE_CASES, ...ENUM_CASES, ...VIEW_CASES })

  test.each(cases)('%s', (_, { rows, ...pair }) =>
    scratch.migrating(pair, async (created, folder) => {
      expect(created.map(({ name }) => name)).toEqual(['0001_change'])
      expect(created.flatMap(({ proof }) => proof.differences)).toEqual([])
      await walk(folder, pair.after, rows)
    }),
  )
})

// The proof says that it is exact; this looks for itself, at the files and with rows of the case's own.
async function walk(folder: string, after: Models, rows: string | undefined): Promise<void> {
  const fresh = await freshCatalog(query, snapshotOf(after), new Map())
  const [first, second] = readFolder(folder).migrations
  await emptyDatabase(query)
  await run(first?.up)
  if (rows) await query(rows)
  const start = await readCatalog(query)
  await run(second?.up)
  expect(catalogDifferences(await readCatalog(query), fresh)).toEqual([])
  await run(second?.down)
  expect(catalogDifferences(await readCatalog(query), start)).toEqual([])
  await run(second?.up)
}

async function run(script: Script | null | undefined): Promise<void> {
  expect(script?.statements).not.toBeEmpty()
  if (!script?.noTransaction) await query('begin')
  for (const { sql } of script?.statements ?? []) await query(sql)
  if (!script?.noTransaction) await query('commit')
}

test('models that contradict themselves are not proved, and the files say why', () =>
  scratch.migrating(IMPOSSIBLE, async ([last]) => {
    expect(last?.proof.differences).toEqual([
      expect.stringContaining('the up migration fails: invalid input value for enum st: "c"'),
    ])
    expect(last && textOf(last)).toContain(
      '-- hearth: not proved: the up migration fails: invalid input value',
    )
  }))

describe('a random pair of models goes both ways:', () => {
  const pairs = Array.from({ length: RANDOM_PAIRS }, (_, n) => randomPair(FIRST_SEED + n))

  test.each(pairs)('$seed: $changes', ({ before, after, renames }) =>
    scratch.migrating({ before: modelsOf(before), after: modelsOf(after), renames }, async (created) => {
      expect(created.flatMap(({ proof }) => proof.differences)).toEqual([])
    }),
  )
})
