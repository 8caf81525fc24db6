/** A column's type as the seeder needs it: Postgres' name for it, and the labels if it is an enum. */
export type ValueType = { type: string; labels: string[] | null }

const SAMPLES: [type: RegExp, value: (n: number, size: number) => string][] = [
  [/^(smallint|integer|bigint|real|double precision|decimal|money|oid)\b/, (n) => `${n}`],
  [/^numeric\((\d+),\s*\1\)/, (n) => `0.${n}`],
  [/^numeric\b/, (n) => `${n}`],
  [/^(text|character|varchar|char|citext|name|bpchar|"char"|jsonb?|tsvector|tsquery)/, (n) => `${n}`],
  [/^bool/, (n) => `${n % 2 === 1}`],
  [/^(date|timestamp)/, (n) => `2000-01-0${n}`],
  [/^time/, (n) => `00:00:0${n}`],
  [/^interval/, (n) => `${n} days`],
  [/^uuid/, (n) => `00000000-0000-4000-8000-00000000000${n}`],
  [/^bytea/, (n) => `\\x0${n}`],
  [/^inet/, (n) => `10.0.0.${n}`],
  [/^cidr/, (n) => `10.0.${n}.0/24`],
  [/^macaddr8/, (n) => `00:00:00:00:00:00:00:0${n}`],
  [/^macaddr/, (n) => `00:00:00:00:00:0${n}`],
  [/^(bit varying|varbit)/, (n) => n.toString(2)],
  [/^bit/, (n, size) => n.toString(2).padStart(size, '0').slice(-size)],
  [/^point/, (n) => `(${n},${n})`],
  [/^line/, (n) => `{1,${n},0}`],
  [/^(lseg|box|path|polygon)/, (n) => `((0,0),(${n},${n}))`],
  [/^circle/, (n) => `<(0,0),${n}>`],
  [/^(int4|int8|num)range/, (n) => `[${n},${n + 1})`],
  [/range$/, () => 'empty'],
  [/^xml/, (n) => `<n>${n}</n>`],
]

/**
 * The `n`th sample (1 to 9) of a type, in the type's text form, or null for a type that is not known. Samples of one number
 * match across types, so that a foreign key finds its row and a text can become a number.
 */
export function sample({ type, labels }: ValueType, n: number): string | null {
  const element = type.replace(/(\[\d*\])+$/, '')
  if (element !== type) {
    const value = sample({ type: element, labels }, n)
    const depth = (type.match(/\[/g) ?? []).length
    return value === null ? null : `${'{'.repeat(depth)}"${value}"${'}'.repeat(depth)}`
  }
  if (labels) return labels[(n - 1) % labels.length] ?? null
  const size = Number(type.match(/\((\d+)/)?.[1] ?? 1)
  return SAMPLES.find(([pattern]) => pattern.test(type.toLowerCase()))?.[1](n, size) ?? null
}

const COMMON_TEXTS = ["'a@example.org'", "'https://example.org'", "'abc'", "'ABC'", "'0123456789'"]

/** Values, as SQL, that may satisfy a check: the ones that it names, their neighbours, and texts of common forms. */
export function candidates(check: string): string[] {
  const texts = check.match(/'(?:[^']|'')*'/g) ?? []
  const numbers = (check.match(/\d+/g) ?? []).flatMap((it) =>
    [-1, 0, 1].map((step) => `'${Number(it) + step}'`),
  )
  return [...texts, ...numbers, ...COMMON_TEXTS]
}
