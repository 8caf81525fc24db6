import { types } from 'pg'
import type { Session } from './session.ts'
import type { Outcome } from './statement.ts'

const FIRST_OWN_OID = 16384 // PostgreSQL's FirstNormalObjectId: types below it are the same in every database
const builtIn = new Map<number, number>()

/**
 * Turns texts into JSON values as Neon's proxy does without `Neon-Raw-Text-Output`: booleans, integers that a JSON number
 * holds, floats, JSON and arrays of any of them; everything else stays text. Asks Postgres which types are arrays.
 */
export async function toJsonValues(session: Session, { fields, rows }: Outcome): Promise<unknown[][]> {
  const elements = await elementTypes(session, [...new Set(fields.map((field) => field.dataTypeID))])
  const readers = fields.map(({ dataTypeID }) => readerOf(dataTypeID, elements.get(dataTypeID) ?? 0))
  return rows.map((row) => row.map((text, i) => (text === null ? null : readers[i]?.(text))))
}

type Reader = (text: string) => unknown

// Its published type is that of a later version.
const arrays = types.arrayParser as unknown as {
  create(text: string, read: Reader | undefined): { parse(): unknown[] }
}

function readerOf(type: number, element: number): Reader {
  if (element === 0) return scalars[type] ?? ((text) => text)
  return (text) => arrays.create(text, scalars[element]).parse()
}

const { BOOL, INT2, INT4, FLOAT4, FLOAT8, JSON: JSON_TYPE, JSONB } = types.builtins
const toFloat: Reader = (text) => (Number.isFinite(Number(text)) ? Number(text) : text)
const scalars: Record<number, Reader> = {
  [BOOL]: (text) => text === 't',
  [INT2]: Number,
  [INT4]: Number,
  [FLOAT4]: toFloat,
  [FLOAT8]: toFloat,
  [JSON_TYPE]: exactJson,
  [JSONB]: exactJson,
}

// Numbers keep the digits that Postgres wrote: a double would round the large ones.
function exactJson(text: string): unknown {
  return JSON.parse(text, (_key, value, context?: { source: string }) =>
    typeof value === 'number' && context ? exact.rawJSON(context.source) : value,
  )
}

const exact = JSON as typeof JSON & { rawJSON: (text: string) => unknown } // ECMAScript 2026; not in TypeScript's library yet

/** For each type its element type, or 0 where it is not an array. */
async function elementTypes(session: Session, oids: number[]): Promise<Map<number, number>> {
  const unknown = oids.filter((oid) => oid >= FIRST_OWN_OID || !builtIn.has(oid))
  const known = new Map(builtIn)
  if (unknown.length === 0) return known
  const { rows } = await session.run({
    text: `select oid, case typoutput when 'pg_catalog.array_out'::regproc then typelem else 0 end
      from pg_catalog.pg_type where oid = any($1::oid[])`,
    values: [`{${unknown}}`],
  })
  for (const [oid, element] of rows) {
    known.set(Number(oid), Number(element))
    if (Number(oid) < FIRST_OWN_OID) builtIn.set(Number(oid), Number(element))
  }
  return known
}
