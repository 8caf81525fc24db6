import { expect, setDefaultTimeout, test } from 'bun:test'
import { PATIENT_MS } from '../support/migrations.ts'
import { withScratchDatabase } from '../support/scratch.ts'

setDefaultTimeout(PATIENT_MS)

/** The names of the scratch databases on the server of `url`. */
async function scratchDatabases(url: string): Promise<string[]> {
  await using sql = new Bun.SQL(url, { max: 1 })
  const rows: { datname: string }[] =
    await sql`select datname from pg_database where datname like 'hearth_scratch_%'`
  return rows.map(({ datname }) => datname)
}

const nameOf = (url: string): string => new URL(url).pathname.slice(1)

test('a scratch database goes even when the work in it fails', async () => {
  let used = ''
  const failing = withScratchDatabase(async (url) => {
    used = nameOf(url)
    expect(await scratchDatabases(url)).toContain(used)
    throw new Error('no luck')
  })
  await expect(failing).rejects.toThrow('no luck')
  await withScratchDatabase(async (url) => expect(await scratchDatabases(url)).not.toContain(used))
})

test('what a killed run left behind goes with the next one, and no other', async () => {
  const nobody = 'hearth_scratch_2147483646_gone' // no process has this number: it is above what systems hand out
  await withScratchDatabase(async (url) => {
    await using sql = new Bun.SQL(url, { max: 1 })
    await sql`create database ${sql(nobody)} template template0`
    await withScratchDatabase(async (other) => {
      const names = await scratchDatabases(url)
      expect(names).not.toContain(nobody)
      expect(names).toEqual(expect.arrayContaining([nameOf(url), nameOf(other)]))
    })
  })
})
