import type { Fixture, World } from './migrations.ts'

const LASTS_MS = 250 // a whole run, its start included

/** Migrations of two statements each, with a pause between, so that a random moment often falls between the two. */
export const slowMigrations: Fixture[] = Array.from({ length: 10 }, (_, place) => ({
  name: `${String(place).padStart(4, '0')}_pair`,
  up: [`create table first_${place} ();`, 'select pg_sleep(0.01);', `create table second_${place} ();`].join(
    '\n--> statement-breakpoint\n',
  ),
}))

/** Starts `up` and kills it so that nothing of it can react; `moment`, from 0 to 1, says how far into its run. */
export async function killAtRandom(world: World, moment: number): Promise<void> {
  const child = world.start('up')
  await Promise.race([Bun.sleep(moment * LASTS_MS), child.exited])
  child.kill('SIGKILL')
  await child.exited
}

/** How many migrations are recorded as applied, and how many are so only in part: half made, or made and not recorded, or recorded and not made. */
export async function resultOf({ sql }: World): Promise<{ applied: number; halves: number }> {
  await settle(sql)
  const [found] = await sql`select to_regclass('drizzle.__drizzle_migrations') is not null as found`
  const rows: { place: number }[] = found.found
    ? await sql`select (created_at - 1700000000000) / 1000 as place from drizzle.__drizzle_migrations`
    : []
  const tables: { name: string }[] =
    await sql`select tablename as name from pg_tables where schemaname = 'public'`
  const has = (name: string) => tables.some((table) => table.name === name)
  const isRecorded = (place: number) => rows.filter((row) => Number(row.place) === place).length
  const halves = slowMigrations.filter((_, place) => {
    const parts = [isRecorded(place) === 1, has(`first_${place}`), has(`second_${place}`)]
    return new Set(parts).size > 1 || isRecorded(place) > 1
  })
  return { applied: rows.length, halves: halves.length }
}

// The server notices a killed client when it next speaks to it, so its last statement may still run.
async function settle(sql: Bun.SQL): Promise<void> {
  const others = () =>
    sql`select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`
  while ((await others()).length > 0) await Bun.sleep(5)
}
