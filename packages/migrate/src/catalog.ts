import { CATALOG_QUERIES } from './catalog-queries.ts'

/** Runs one SQL statement and resolves to its rows. */
export type Query = (text: string) => Promise<Record<string, unknown>[]>

/** What a database holds: for each object, such as `column public.users.email`, its properties by name. */
export type Catalog = Map<string, Record<string, unknown>>

const ORDER = 'column order '

/** Reads everything that the database holds, rows and the schema `drizzle` excepted, in one statement. */
export async function readCatalog(query: Query): Promise<Catalog> {
  const selects = Object.entries(CATALOG_QUERIES).map(
    ([kind, select]) =>
      `select '${kind} ' || key as key, (to_jsonb(found) - 'key')::text as facts from (${select}) found`,
  )
  const rows = await query(`${selects.join('\nunion all\n')}\norder by 1`)
  return new Map(rows.map(({ key, facts }) => [String(key), JSON.parse(String(facts))]))
}

/**
 * Says in words how `actual` differs from `expected`, a line an object, such as `column public.users.email: missing`.
 * The order of columns is left out: Postgres adds columns at a table's end only, so `columnOrderDifferences` reports it.
 */
export function catalogDifferences(actual: Catalog, expected: Catalog): string[] {
  return differences(actual, expected, (key) => !key.startsWith(ORDER))
}

/** The tables whose columns are in another order, a line a table; tables whose sets of columns differ are left out. */
export function columnOrderDifferences(actual: Catalog, expected: Catalog): string[] {
  const sorted = (catalog: Catalog, key: string) => [...names(catalog, key)].sort().join()
  return differences(actual, expected, (key) => {
    return key.startsWith(ORDER) && sorted(actual, key) === sorted(expected, key)
  })
}

function differences(actual: Catalog, expected: Catalog, concerns: (key: string) => boolean): string[] {
  const keys = [...new Set([...actual.keys(), ...expected.keys()])].filter(concerns).sort()
  return keys.flatMap((key) => {
    const [is, wanted] = [actual.get(key), expected.get(key)]
    if (!is) return isPartOfMissing(key, expected, actual) ? [] : [`${key}: missing`]
    if (!wanted) return isPartOfMissing(key, actual, expected) ? [] : [`${key}: not expected`]
    const facts = Object.keys({ ...is, ...wanted }).filter((fact) => say(is[fact]) !== say(wanted[fact]))
    if (facts.length === 0) return []
    return [
      `${key}: ${facts.map((fact) => `${fact} is ${say(is[fact])}, expected ${say(wanted[fact])}`).join('; ')}`,
    ]
  })
}

// A missing table is one difference, not one for each of its columns and constraints.
function isPartOfMissing(key: string, present: Catalog, absent: Catalog): boolean {
  const owner = present.get(key)?.of
  const table = typeof owner === 'string' ? `table ${owner}` : null
  return table !== null && key !== table && present.has(table) && !absent.has(table)
}

function names(catalog: Catalog, key: string): string[] {
  const columns = catalog.get(key)?.columns
  return Array.isArray(columns) ? columns.map(String) : []
}

function say(value: unknown): string {
  return typeof value === 'string' ? value || "''" : JSON.stringify(value ?? null)
}
