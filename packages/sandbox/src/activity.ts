import { type AnyDatabase, OWN, type Row, send } from './drizzle.ts'

/** What tokens begin with. Another test run on the same database reports its own. */
export const TOKEN_PREFIX = 'sandbox-'

/** Which sessions of the server count as past the sandbox, beyond those of the tests' own database. */
export type Watch = {
  /** The `application_name` of every connection that this process and its children open, as far as drivers follow PGAPPNAME. */
  token: string
  /** The prefix of the names of the sandbox's own databases, or null when tests may use other databases as they like. */
  siblings: string | null
}

/** The processes of the server that serve the sandbox's own connections, now or earlier. */
const ownSessions = new Set<number>()
const unregistered = new Set<Promise<unknown>>()

/** Notes that a new connection is the sandbox's own, and returns its process. */
export async function registerSession(db: AnyDatabase): Promise<number> {
  const [[row] = []] = await send(db, 'select pg_backend_pid() as pid')
  const pid = Number(row?.pid)
  ownSessions.add(pid)
  return pid
}

/** Opens a connection of the sandbox's own: until its process is registered, nobody takes it for another's. */
export async function opening<T>(connection: Promise<T>): Promise<T> {
  unregistered.add(connection)
  return connection.finally(() => unregistered.delete(connection))
}

/** Those of `intruders` that are not connections of the sandbox's own, which may just be opening. */
export async function withoutOwn(intruders: Intruder[]): Promise<Intruder[]> {
  if (intruders.length > 0) await Promise.allSettled(unregistered)
  return intruders.filter(({ pid }) => !ownSessions.has(pid))
}

/** A statement that somebody sent past the sandbox. */
export type Intruder = { pid: number; database: string; application: string; query: string }

const text = (value: string) => `'${value.replaceAll("'", "''")}'`

/**
 * The query for what other sessions did since `since`, a moment that the last such query returned.  It costs the same for any number of tables. `sessions` counts those that have ever been opened: one that came
 * and went in between is not in the list.
 */
export function activityQuery({ token, siblings }: Watch, since: string | undefined): string {
  const elsewhere =
    siblings === null
      ? ''
      : `or application_name = ${text(token)} and not starts_with(datname, ${text(siblings)})`
  return `select pg_stat_get_db_sessions(oid)::text as sessions, extract(epoch from pg_catalog.clock_timestamp())::text as checked
    from pg_database where datname = current_database();
  select pid, datname as database, application_name as application, left(query, 200) as query, query = '<insufficient privilege>' as hidden
  from pg_stat_get_activity(null) session join pg_database database on database.oid = session.datid
  where pid <> all ('{${[...ownSessions].join(',')}}') and (
    query = '<insufficient privilege>' and datname = current_database()
    or backend_type = 'client backend' and not starts_with(query, ${text(OWN)})
      and extract(epoch from query_start) > ${since ?? "'infinity'"}
      and (datname = current_database() and (application_name = ${text(token)} or not starts_with(application_name, ${text(TOKEN_PREFIX)})) ${elsewhere}))`
}

/** What `activityQuery` found. */
export type Activity = {
  intruders: Intruder[]
  /** Whether there are sessions of which Postgres hides from this role what they do. */
  hasHidden: boolean
  sessions: string
  checked: string
}

/** Reads the rows of `activityQuery`. */
export function readActivity(rows: Row[]): Activity {
  const counted = rows.find((row) => 'sessions' in row)
  const others = rows.filter((row) => 'application' in row) as (Intruder & { hidden: boolean })[]
  const intruders = others.filter(({ hidden }) => !hidden)
  const hasHidden = others.length > intruders.length
  return { intruders, hasHidden, sessions: String(counted?.sessions), checked: String(counted?.checked) }
}

/** Names the first of several intruders. */
export function describeIntruder({ database, application, query }: Intruder): string {
  const statement = query.replace(/\s+/g, ' ').trim()
  const shown = statement.length > 80 ? `${statement.slice(0, 79)}…` : statement
  return `\`${shown}\` on the database "${database}"${application ? ` (application "${application}")` : ''}`
}
