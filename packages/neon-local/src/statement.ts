import { type Connection, DatabaseError, type FieldDef, type PoolClient, type Submittable } from 'pg'
import { HttpError } from './errors.ts'

/** One statement with its parameters, in Postgres's text format. */
export type Statement = { text: string; values: (string | null)[] }

/** The result of a statement, with its rows in Postgres's text format. */
export type Outcome = {
  fields: FieldDef[]
  rows: (string | null)[][]
  command: string
  rowCount: number | null
}

/**
 * Runs one statement over the extended protocol, with text in and out, and settles when Postgres is done with it. Rejects
 * with a `DatabaseError`, or with the error that `onRow` threw. `onRow` gets the bytes of each row, until it throws.
 * `next` is SQL that travels in the same packet; `answerTo` waits for its answer and must be called in the same turn.
 */
export function runStatement(
  client: PoolClient,
  { text, values }: Statement,
  onRow: (bytes: number) => void,
  next?: string,
): Promise<Outcome> {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
  const outcome: Outcome = { fields: [], rows: [], command: '', rowCount: null }
  let refusal: unknown

  // The callbacks that `pg` calls on a custom query object, such as those of pg-cursor and pg-query-stream.
  const submittable: Submittable & Record<string, unknown> = {
    submit(connection: Connection) {
      connection.stream.cork()
      connection.parse({ name: '', text, types: [] }, true)
      connection.bind({ values }, true)
      connection.describe({ type: 'P', name: '' }, true)
      connection.execute({}, true)
      connection.sync()
      if (next !== undefined) connection.query(next)
      connection.stream.uncork()
    },
    handleRowDescription({ fields }: { fields: FieldDef[] }) {
      outcome.fields = fields
    },
    handleDataRow({ fields, length }: { fields: (string | null)[]; length: number }) {
      if (refusal) return
      try {
        onRow(length)
        outcome.rows.push(fields)
      } catch (error) {
        refusal = error
        outcome.rows = []
      }
    },
    handleCommandComplete({ text: tag }: { text: string }) {
      Object.assign(outcome, parseTag(tag))
    },
    handleCopyInResponse(connection: Connection) {
      refusal = copyRefused()
      connection.stream.destroy() // Postgres would read the next message as data to copy
    },
    handleCopyData() {
      refusal ??= copyRefused()
    },
    handleEmptyQuery() {},
    handlePortalSuspended() {},
    handleError(error: Error) {
      reject(refusal ?? (error instanceof DatabaseError ? error : lost(error)))
    },
    handleReadyForQuery() {
      if (refusal) reject(refusal)
      else resolve(outcome)
    },
  }
  client.query(submittable)
  return promise
}

/** Whether the SQL that `runStatement` sent along succeeded. */
export function answerTo(client: PoolClient): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const submittable: Submittable & Record<string, unknown> = {
    submit() {},
    handleCommandComplete() {},
    handleError: () => resolve(false),
    handleReadyForQuery: () => resolve(true),
  }
  client.query(submittable)
  return promise
}

// `INSERT 0 3`, `SELECT 3`, `CREATE TABLE`: Neon's `command` is the first word alone.
function parseTag(tag: string): Pick<Outcome, 'command' | 'rowCount'> {
  const count = /\d+$/.exec(tag)?.[0]
  return { command: tag.split(' ', 1)[0] ?? '', rowCount: count === undefined ? null : Number(count) }
}

const copyRefused = () =>
  new HttpError(400, 'COPY does not work over HTTP: use a WebSocket session.', '0A000')

// Neon reports it with the status of a SQL error.
const lost = (error: Error) => new HttpError(400, `the connection to Postgres was lost: ${error.message}`)
