/**
 * A column's default as SQL. drizzle-kit writes the values of JSON and array defaults into a literal without quoting
 * what is in them, and those of points and lines not as literals at all; here they are what the model means.
 */
export function correctedDefault(value: unknown, type: string): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'object') return geometric(value, type)
  if (typeof value !== 'string') return String(value)
  const [, inner, cast = ''] = value.match(/^'(.*)'(::jsonb?)?$/s) ?? []
  if (inner === undefined) return value
  if (cast !== '') return isJson(inner) ? `'${quoted(inner)}'${cast}` : value
  return type.endsWith(']') && inner.startsWith('{') ? `'${quoted(elements(inner))}'` : value
}

// Points and lines have their own text form: (x,y) and {a,b,c}.
function geometric(value: object, type: string): string {
  const numbers = Object.values(value).join(',')
  return type === 'point' ? `'(${numbers})'` : `'{${numbers}}'`
}

// A default given as raw SQL has its quotes doubled already, and then all of them.
function quoted(inner: string): string {
  return /(?<!')'(?:'')*(?!')/.test(inner) ? inner.replaceAll("'", "''") : inner
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

// An element ends at the quote before a comma or brace: those within it lack their backslash.
function elements(array: string): string {
  return array.replace(/"(.*?)"(?=,["{\d]|\})/gs, (_, element: string) => {
    return `"${element.replace(/(?<!\\)"/g, '\\"')}"`
  })
}
