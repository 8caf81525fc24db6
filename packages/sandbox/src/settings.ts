import { USE_CLOCK } from './clock.ts'
import { type AnyDatabase, send } from './drizzle.ts'

/** The settings that `query` changes for the rest of its transaction, by their names as RESET takes them. */
export function localSettings(query: string): string[] {
  if (!/\bset(_config|\s+local)\b/i.test(query)) return []
  const code = query.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
  const set = code.matchAll(/\bset\s+local\s+(session\s+authorization|time\s+zone|[\w."]+)/gi)
  const called = code.matchAll(/\bset_config\s*\(\s*'([\w.]+)'\s*,[^;]*?,\s*true\s*\)/gi)
  return [...set, ...called]
    .map(([, name = '']) => name)
    .filter((name) => !/^(transaction$|sandbox\.)/i.test(name))
}

/**
 * Resets `settings`, as the end of a transaction does in production. In the sandbox an app's transaction is a savepoint, at
 * whose end they would stay.
 */
export async function resetLocal(db: AnyDatabase, settings: Iterable<string>): Promise<void> {
  const names = [...settings]
  if (names.length === 0) return
  const resets = names.map((name) => `reset ${/\s/.test(name) ? name : identifier(name)}`)
  const losesClock = names.some((name) => /^(search_path|schema)$/i.test(name))
  await send(db, [...resets, ...(losesClock ? [USE_CLOCK] : [])].join('; '))
}

function identifier(name: string): string {
  if (/^schema$/i.test(name)) return 'search_path'
  const parts = name.split('.').map((part) => (part.startsWith('"') ? part.slice(1, -1) : part.toLowerCase()))
  return parts.map((part) => `"${part}"`).join('.')
}
