/** A value in a request's body. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** A parameter in Postgres's text format, by the rules of Neon's proxy (proxy/src/serverless/json.rs). */
export function toParameter(value: Json): string | null {
  if (value === null || typeof value === 'string') return value
  return Array.isArray(value) ? toArrayLiteral(value) : JSON.stringify(value)
}

function toArrayLiteral(value: Json): string {
  if (value === null) return 'NULL'
  if (Array.isArray(value)) return `{${value.map(toArrayLiteral).join(',')}}`
  // JSON's quoting of a text is also valid inside an array literal; an object is one quoted text of JSON.
  return JSON.stringify(typeof value === 'object' ? JSON.stringify(value) : value)
}
