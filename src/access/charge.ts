import { type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import type { Limit } from './limits.ts'
import { rateLimits } from './table.ts'

/** A key in the table of limits, as SQL that is null where nothing is to be limited, and the limit that it is held to. */
export type Step = { key: SQL; limit: Limit }

/** What one attempt was charged to. */
export type Charge = { key: string; limit: Limit }[]

/*
 * The generic cell rate algorithm (ITU-T I.371): an attempt moves `spent_until` of its key on by the pace, and is refused
 * while that is further ahead than the window. It is never further ahead than a window and a pace, unless the clock of the
 * database was wrong for a while: then it counts as a window ahead. The minute is for statements that waited for a lock.
 */
const windowOf = ({ burst, pace }: Limit) => seconds((burst - 1) * pace)
const stored = alias(rateLimits, 'stored')
const storedLimits = sql`${rateLimits} as ${stored}`
const spentUntil = (limit: Limit) => sql`
  case when ${stored.spentUntil} > now() + ${windowOf(limit)} + ${seconds(limit.pace + 60)}
    then now() + ${windowOf(limit)} else ${stored.spentUntil} end`

// INSERT and SET take the names of columns without their table.
const [key, until] = [sql.identifier(rateLimits.key.name), sql.identifier(rateLimits.spentUntil.name)]

/**
 * CTEs that charge one attempt to `steps` in their order, or to none of them: an attempt that a step refuses writes nothing.
 * An attempt that is charged also deletes a few keys that have recovered. `outcome` is the
 * column for `chargeOf`, and `isCharged` a condition for what the same statement does only then.
 */
export function charging(db: Db, steps: Step[]) {
  const keys = db.$with('keys', {}).as(sql`
    select ${list(steps, ({ key }, index) => sql`${key} as ${column(index)}`)}`)
  const wait = db.$with('wait', {}).as(sql`
    select coalesce(greatest(${list(steps, waitOf)}), 0) as seconds from keys`)
  const charged = steps.map((step, index) => db.$with(`charged_${index}`, {}).as(charge(step, index)))
  const refused = sql.join(
    steps.map((_, index) => isRefused(index)),
    sql` or `,
  )
  const swept = db.$with('swept', {}).as(sql`
    delete from ${rateLimits} where ${rateLimits.key} = any (array(
      select ${stored.key} from ${storedLimits}
      where ${stored.spentUntil} < now() - interval '1 hour'
      and ${stored.key} <> all (select unnest(array_remove(array[${list(steps, (_, index) => column(index))}], null)) from keys)
      order by ${stored.spentUntil} limit 20 for update skip locked
    )) and (select not (${refused}) from keys)`)
  const outcome = sql<string>`(
    select json_build_object(
      'keys', json_build_array(${list(steps, (_, index) => column(index))}),
      'retryAfter', case when ${refused} then greatest(1, ceil(seconds))::int end
    )::text from keys, wait)`
  const isCharged = sql`(select not (${refused}) from keys)`
  return { ctes: [keys, wait, ...charged, swept], outcome, isCharged }
}

/** Reads the outcome of `charging` with the same limits. Throws `too_many_attempts` with `complaint` if it was refused. */
export function chargeOf(outcome: string, limits: Limit[], complaint: string): Charge {
  const { keys, retryAfter }: { keys: (string | null)[]; retryAfter: number | null } = JSON.parse(outcome)
  if (retryAfter !== null)
    throw new AppError('too_many_attempts', `${complaint}; try again in ${retryAfter} s.`, { retryAfter })
  return limits.flatMap((limit, index) => {
    const key = keys[index]
    return key ? [{ key, limit }] : []
  })
}

function charge({ limit }: Step, index: number): SQL {
  const earlier = Array.from({ length: index }, (_, step) => sql` and not ${isRefused(step)}`)
  return sql`
    insert into ${storedLimits} (${key}, ${until})
    select ${column(index)}, now() + ${seconds(limit.pace)} from keys, wait
    where ${column(index)} is not null and seconds <= 0 ${sql.join(earlier)}
    on conflict (${key}) do update
    set ${until} = greatest(${spentUntil(limit)}, now()) + ${seconds(limit.pace)}
    where ${spentUntil(limit)} <= now() + ${windowOf(limit)}
    returning ${stored.key}`
}

// How many seconds until a step would admit an attempt, as the statement finds the table: below zero if it does so now.
const waitOf = ({ limit }: Step, index: number) => sql`(
  select extract(epoch from ${spentUntil(limit)} - now() - ${windowOf(limit)})
  from ${storedLimits} where ${stored.key} = ${column(index)})`

const isRefused = (index: number) =>
  sql`(${column(index)} is not null and not exists (select from ${sql.raw(`charged_${index}`)}))`

const column = (index: number) => sql.raw(`key_${index}`)
const seconds = (count: number) => sql.raw(`make_interval(secs => ${count})`)

function list<Item>(items: Item[], write: (item: Item, index: number) => SQL): SQL {
  return sql.join(items.map(write), sql`, `)
}
