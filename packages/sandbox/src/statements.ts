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

const WRITES = /\b(insert|update|delete|merge|into)\b/i
// What may stand before a parenthesis in a statement that changes nothing: keywords, and functions known to be harmless.
const HARMLESS = new Set(
  'all and any array as avg by case cast ceil coalesce count distinct exists extract filter floor from greatest in json_agg json_build_array least length lower max min not now nullif on or over select some sum then to_json to_jsonb union upper using values varchar when where with'.split(
    ' ',
  ),
)

/** Whether `query` surely changes nothing: one select that calls no function but the most common ones. */
export function isPlainRead(query: string): boolean {
  const code = query.replace(QUOTED, ' ')
  if (!/^\s*select\b/i.test(code) || WRITES.test(code) || /;\s*\S/.test(code)) return false
  return [...code.matchAll(/(\w+)\s*\(/g)].every(([, word = '']) => HARMLESS.has(word.toLowerCase()))
}
