import type { Proof } from './prove.ts'

/**
 * The proof of a step that one row in a table lives through and three do not: never proved. It depends on rows, so a `blocked-by` line
 * counts those of the database.
 */
export function crowded(proof: Proof): Proof {
  const { failure } = proof
  const differences = proof.differences.map((it) => `with more than one row in a table, ${it}`)
  const table = failure?.statement.match(/\b(?:TABLE|ON|UPDATE) ((?:"[^"]+"\.)?"[^"]+")/)?.[1]
  if (!failure || !table || proof[failure.direction].blockedBy.some(({ isCrowd }) => isCrowd)) {
    return { ...proof, differences }
  }
  const where = `ctid <> (select min(ctid) from ${table})`
  const what = `rows of ${table.replaceAll('"', '')} after the first, which may get into each other's way`
  const blockedBy = { what, table, where, count: `select count(*) from ${table} where ${where}` }
  const way = proof[failure.direction]
  return {
    ...proof,
    differences,
    [failure.direction]: { ...way, blockedBy: [...way.blockedBy, blockedBy] },
  }
}
