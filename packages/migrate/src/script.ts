import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'

/** One statement of a migration's file, with the line (from 1) that its text begins on. */
export type Statement = { sql: string; line: number }

/** A query that counts rows, and the words that say what its number counts. */
export type RowCount = { words: string; sql: string }

/** One SQL file of a migration: its up migration, or its down migration. */
export type Script = {
  path: string
  /** SHA-256 of the text, in hex: what drizzle's own migrator keeps of a file. */
  hash: string
  /** The same of the text with the one or the other line end, since a checkout may change them: what counts as this text. */
  hashes: string[]
  statements: Statement[]
  /** Whether it must run outside a transaction, as CREATE INDEX CONCURRENTLY must. */
  noTransaction: boolean
  /** The data that goes when it runs. */
  loses: RowCount[]
  /** The rows that make it fail. */
  blockedBy: RowCount[]
  /** The tables that it rewrites or locks until it ends. */
  locks: { effect: string; table: string }[]
  /** The first statement that begins or ends a transaction, which is the runner's business. */
  ownTransaction: Statement | null
}

/** A file's path as people are shown it: from where they are, if it lies below. */
export function shownPath(path: string): string {
  const fromHere = relative(process.cwd(), path)
  return fromHere.startsWith('..') ? path : fromHere
}

/** Reads one SQL file, or returns null where there is none. */
export function readScript(path: string): Script | null {
  if (!existsSync(path)) return null
  const text = readFileSync(path, 'utf8')
  const unix = text.replaceAll('\r\n', '\n')
  const statements = splitStatements(text)
  return {
    path: shownPath(path),
    hash: hashOf(text),
    hashes: [text, unix, unix.replaceAll('\n', '\r\n')].map(hashOf),
    statements,
    noTransaction: /^-- hearth: no-transaction\s*$/m.test(text),
    loses: rowCounts(text, 'loses'),
    blockedBy: rowCounts(text, 'blocked-by'),
    locks: locksIn(text),
    ownTransaction: statements.find(({ sql }) => controlsTransaction(sql)) ?? null,
  }
}

// The separator is drizzle-kit's; the text between two of them goes to the server as it is.
function splitStatements(text: string): Statement[] {
  let line = 1
  const statements: Statement[] = []
  for (const part of text.split('--> statement-breakpoint')) {
    const blank = part.match(/^\s*/)?.[0] ?? ''
    const statement = { sql: part.trim(), line: line + newlines(blank) }
    if (withoutLiterals(statement.sql).trim()) statements.push(statement)
    line += newlines(part)
  }
  return statements
}

function rowCounts(text: string, keyword: string): RowCount[] {
  const lines = text.matchAll(new RegExp(`^-- hearth: ${keyword} ([^|\\n]+)\\|(.+)$`, 'gm'))
  return [...lines].map(([, words = '', sql = '']) => ({ words: words.trim(), sql: sql.trim() }))
}

function locksIn(text: string): Script['locks'] {
  const lines = text.matchAll(/^-- hearth: (rewrites|blocks (?:reads and )?writes of) (\S.*)$/gm)
  return [...lines].map(([, effect = '', table = '']) => ({ effect, table: table.trim() }))
}

// ROLLBACK TO ends no transaction, and neither does END in the body of an SQL function.
function controlsTransaction(sql: string): boolean {
  const code = withoutLiterals(sql)
  const control =
    /(^|;)\s*(begin|commit|abort|start\s+transaction|prepare\s+transaction|rollback(?!\s+(\w+\s+)?to\b))\b/i
  return control.test(code) || (/(^|;)\s*end\b/i.test(code) && !/\bbegin\s+atomic\b/i.test(code))
}

// Comments go; strings, quoted names and bodies in $$ become a word, so that nothing in them reads as SQL.
const LITERALS =
  /--.*|\/\*[\s\S]*?\*\/|(\$\w*\$)[\s\S]*?\1|\be'(?:\\[\s\S]|''|[^'\\])*'|'(?:''|[^'])*'|"(?:""|[^"])*"/gi
const withoutLiterals = (sql: string): string =>
  sql.replace(LITERALS, (found) => (/^(--|\/\*)/.test(found) ? ' ' : 'literal'))

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

const newlines = (text: string): number => text.split('\n').length - 1
