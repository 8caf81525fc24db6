// Where a keyword is none: in strings, quoted names, dollar-quoted bodies and comments.
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\//g
const ENDS =
  /^\s*(begin|start\s+transaction|commit|end|abort|rollback(?!\s+(work\s+|transaction\s+)?to\b)|prepare\s+transaction)\b/i
const SAVEPOINTS = /^\s*(savepoint|release|rollback)\b/i

/** The statement in `query` that would begin or end a transaction, or null. `isNested`: savepoints are fine, for it runs in one's own transaction. */
export function transactionControl(query: string, isNested: boolean): string | null {
  const refused = query
    .replace(QUOTED, ' ')
    .split(';')
    .find((statement) => ENDS.test(statement) || (!isNested && SAVEPOINTS.test(statement)))
  return refused?.trim() ?? null
}
