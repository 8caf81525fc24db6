import { sample, type ValueType } from './values.ts'

/** How many rows of hostile values a table gets whose columns change their types. */
export const HOSTILE_ROWS = 6

const TEXTS = ['007', '', ' 1 ', '2024-02-29 12:34:56.789', '{"a": 1, "a": 2}', '10.1.2.3/8']
const JSONS = ['null', '{"b": 1, "a": 1, "a": 2}', '[1, "x"]', '"007"', '1.50', 'true']

// The extremes of each type, and what other types have no room for.
const HOSTILE: [type: RegExp, values: string[]][] = [
  [/^(text|character|varchar|char|citext|bpchar)/, TEXTS],
  [/^jsonb?/, JSONS],
  [/^smallint/, ['32767', '-32768', '0', '-1']],
  [/^integer/, ['2147483647', '-2147483648', '0', '-1']],
  [/^bigint/, ['9223372036854775807', '-9223372036854775808', '0', '-1']],
  [/^(numeric|decimal)/, ['NaN', '0.1', '-1.50', '123456789012345678901.5', '0', '0.00001']],
  [/^(real|double)/, ['NaN', 'Infinity', '0.1', '1e30', '-0', '16777217']],
  [/^date/, ['infinity', '-infinity', '4713-01-01 BC', '5874897-12-31', '1969-12-31']],
  [
    /^timestamp/,
    [
      'infinity',
      '2024-02-29 12:34:56.789012',
      '4713-01-01 00:00 BC',
      '294276-12-31 23:59',
      '1999-12-31 23:59:60',
    ],
  ],
  [/^time with/, ['24:00:00', '12:34:56.789012+05:30', '00:00:00-15:59']],
  [/^time/, ['24:00:00', '23:59:59.999999', '12:34:56']],
  [/^interval/, ['1 year 2 mons 3 days 04:05:06.789', '-1 day', '36:00:00']],
  [/^uuid/, ['ffffffff-ffff-ffff-ffff-ffffffffffff']],
  [/^bytea/, ['\\x', '\\x00ff']],
  [/^inet/, ['10.1.2.3/8', '::1', '::ffff:10.0.0.1', '0.0.0.0/0']],
  [/^cidr/, ['10.0.0.0/8', '::/0', '192.168.1.1/32']],
  [/^macaddr8/, ['08:00:2b:01:02:03:04:05', '08:00:2b:ff:fe:03:04:05']],
  [/^macaddr/, ['ff:ff:ff:ff:ff:ff']],
  [/^(bit varying|varbit)/, ['', '0001']],
  [/^money/, ['-1.05', '92233720368547758.07']],
  [/^point/, ['(0.1,1e300)', '(NaN,0)']],
  [/^(int4|int8|num|ts|tstz|date)range/, ['empty', '(,)']],
  [/^xml/, ['<a> <b/></a>', 'text']],
]

/** The `n`th hostile value (from 0) of a type, in the type's text form, or null where there are no more. */
export function hostile({ type, labels }: ValueType, n: number): string | null {
  const element = type.replace(/(\[\d*\])+$/, '')
  if (element !== type)
    return hostileArrays({ type: element, labels }, (type.match(/\[/g) ?? []).length)[n] ?? null
  if (labels) return null
  const size = Number(type.match(/^char.*\((\d+)/)?.[1] ?? Number.POSITIVE_INFINITY)
  return HOSTILE.find(([pattern]) => pattern.test(type.toLowerCase()))?.[1][n]?.slice(0, size) ?? null
}

function hostileArrays(element: ValueType, depth: number): string[] {
  const elements = [sample(element, 1), sample(element, 2), hostile(element, 0)].map((value) =>
    value === null ? 'NULL' : `"${value.replaceAll(/["\\]/g, '\\$&')}"`,
  )
  const nested = (inner: string) => `${'{'.repeat(depth)}${inner}${'}'.repeat(depth)}`
  const [one, two, odd] = elements
  return [
    '{}',
    nested(`${one},${two}`),
    nested('NULL'),
    nested(`${odd}`),
    `{${nested(`${one}`)},${nested(`${two}`)}}`,
  ]
}
