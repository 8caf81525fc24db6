/** Where a table, type, sequence or view lives. */
export type Place = { schema: string; name: string }

const MAX_NAME_BYTES = 63 // NAMEDATALEN - 1
const WORD = /'(?:[^']|'')*'|"((?:[^"]|"")+)"|[\p{L}_][\p{L}\p{N}_$]*/gu

/** An identifier, quoted. */
export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text, as a literal. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Identifiers as a list: `"a", "b"`. */
export const list = (names: string[]): string => names.map(quote).join(', ')

/** A place's name in SQL; the schema is left out where it is `public`, as drizzle-kit does. */
export const at = ({ schema, name }: Place): string =>
  schema === 'public' ? quote(name) : `${quote(schema)}.${quote(name)}`

/** A place's key in a snapshot. */
export const keyOf = ({ schema, name }: Place): string => `${schema}.${name}`

/** What Postgres makes of a name that is too long: as many whole characters as fit in 63 bytes. */
export function truncated(name: string, bytes = MAX_NAME_BYTES): string {
  let kept = ''
  for (const character of name) {
    if (Buffer.byteLength(kept + character) > bytes) break
    kept += character
  }
  return kept
}

/** The name that Postgres gives to what has none, such as `users_pkey`: `makeObjectName` in its commands/indexcmds.c. */
export function chosenName(table: string, column: string | null, label: string): string {
  const size = Buffer.byteLength
  const room = MAX_NAME_BYTES - label.length - (column === null ? 1 : 2)
  let [first, second] = [size(table), column === null ? 0 : size(column)]
  while (first + second > room) {
    if (first > second) first--
    else second--
  }
  const parts = [truncated(table, first), ...(column === null ? [] : [truncated(column, second)]), label]
  return parts.join('_')
}

/** Whether an SQL text uses an identifier, quoted or bare; what string literals hold does not count. */
export function mentions(text: string, name: string): boolean {
  return words(text).some((word) => word === name)
}

/** An SQL text with one identifier replaced by another, quoted or bare. */
export function withIdentifier(text: string, from: string, to: string): string {
  return text.replace(WORD, (word, quoted?: string) => {
    if (identifier(word, quoted) !== from) return word
    return quoted === undefined && /^[a-z_][a-z0-9_]*$/.test(to) ? to : quote(to)
  })
}

/** Whether an SQL text has a string literal that holds `value`, alone or in an array. */
export function hasLiteral(text: string, value: string): boolean {
  const strings = text.match(WORD)?.filter((word) => word.startsWith("'")) ?? []
  const contents = strings.map((string) => string.slice(1, -1).replaceAll("''", "'"))
  return contents.some((content) => content === value || content.split(/[{},"]/).includes(value))
}

function words(text: string): string[] {
  return [...text.matchAll(WORD)].map(([word, quoted]) => identifier(word, quoted) ?? '')
}

function identifier(word: string, quoted: string | undefined): string | null {
  if (word.startsWith("'")) return null
  return quoted === undefined ? word.toLowerCase() : quoted.replaceAll('""', '"')
}
