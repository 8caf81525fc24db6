import { CLOCK_KEYWORDS } from './clock.ts'

// Where a keyword has no meaning: in strings, quoted names, dollar-quoted bodies and comments.
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\//g
const codeOf = (query: string) => query.replace(QUOTED, ' ')

const ENDS =
  /^\s*(begin|start\s+transaction|commit|end|abort|rollback(?!\s+(work\s+|transaction\s+)?to\b)|prepare\s+transaction)\b/i
const SAVEPOINTS = /^\s*(savepoint|release|rollback)\b/i

/** The statement in `query` that would begin or end a transaction, or null. `isNested`: it may use savepoints, since it runs in a transaction of the app. */
export function transactionControl(query: string, isNested: boolean): string | null {
  const refused = codeOf(query)
    .split(';')
    .find((statement) => ENDS.test(statement) || (!isNested && SAVEPOINTS.test(statement)))
  return refused?.trim() ?? null
}

const WRITES = /\b(insert|update|delete|merge|into)\b/i
// What may precede a parenthesis in a statement that changes nothing: keywords, and functions known to be harmless.
const HARMLESS = new Set(
  'all and any array as avg by case cast ceil coalesce count distinct exists extract filter floor from greatest in json_agg json_build_array least length lower max min not now nullif on or over select some sum then to_json to_jsonb union upper using values varchar when where with'.split(
    ' ',
  ),
)

/** Whether `query` surely changes nothing: one select that calls no function but the most common ones. */
export function isPlainRead(query: string): boolean {
  const code = codeOf(query)
  if (!/^\s*select\b/i.test(code) || WRITES.test(code) || /;\s*\S/.test(code)) return false
  return [...code.matchAll(/(\w+)\s*\(/g)].every(([, word = '']) => HARMLESS.has(word.toLowerCase()))
}

/** Whether `query` does what a clean-up does, and nothing else: it reads, deletes or truncates. */
export function isCleanUp(query: string): boolean {
  return codeOf(query)
    .split(';')
    .every(
      (part) =>
        /^\s*(delete\s+from|truncate|select|$)/i.test(part) && !/\b(insert|update|merge|into)\b/i.test(part),
    )
}

// Not a label (`as current_date`), nor a column of that name.
const KEYWORDS = new RegExp(
  `(?<![.\\w]|\\bas\\s+)(${Object.keys(CLOCK_KEYWORDS).join('|')})\\b(\\s*\\()?`,
  'gi',
)

/** Turns CURRENT_TIMESTAMP and its like into calls of the sandbox's functions, in the bodies of functions too. */
export function rewriteClock(query: string): string {
  if (query.search(KEYWORDS) < 0) return query
  const hasBody = /^\s*(create\s+(or\s+replace\s+)?(function|procedure)|do)\b/i.test(query)
  let rewritten = ''
  let end = 0
  for (const match of query.matchAll(QUOTED)) {
    rewritten += rewriteCode(query.slice(end, match.index))
    rewritten += hasBody && match[0].startsWith('$') ? rewriteBody(match[0]) : match[0]
    end = match.index + match[0].length
  }
  return rewritten + rewriteCode(query.slice(end))
}

const rewriteCode = (code: string) =>
  code.replace(KEYWORDS, (_, word: string, call?: string) => `"${word.toLowerCase()}"${call ?? '()'}`)

function rewriteBody(quoted: string): string {
  const [delimiter = ''] = /^\$\w*\$/.exec(quoted) ?? []
  return delimiter + rewriteClock(quoted.slice(delimiter.length, -delimiter.length)) + delimiter
}

/** The statements of `text`, one by one. */
export function splitStatements(text: string): string[] {
  const masked = text.replace(QUOTED, (quoted) => ' '.repeat(quoted.length))
  const ends = [...masked.matchAll(/;/g)].map(({ index }) => index)
  const starts = [0, ...ends.map((end) => end + 1)]
  return starts
    .map((start, i) => text.slice(start, ends[i]).trim())
    .filter((statement) => codeOf(statement).trim())
}
