import type { Rename } from '../plan/renames.ts'
import type { Place } from '../plan/sql.ts'
import type { Script } from '../script.ts'

const NAME = '("(?:[^"]|"")+"|[a-z_][a-z0-9_$]*)'
const PLACE = `(?:${NAME}\\.)?${NAME}`

/** The renames that a migration's own statements make, in their order. */
export function declaredRenames({ statements }: Script): Rename[] {
  return statements.flatMap(({ sql }) => sql.split(';')).flatMap((sql) => renameIn(sql.trim()) ?? [])
}

function renameIn(sql: string): Rename | null {
  const column = matching(
    sql,
    `alter table (?:if exists )?(?:only )?${PLACE} rename (?:column )?(?!constraint )${NAME} to ${NAME}`,
  )
  if (column) {
    const [schema, table, from, to] = column
    return { kind: 'column', table: placed(schema, table), from: plain(from), to: plain(to) }
  }
  const schema = matching(sql, `alter schema ${NAME} rename to ${NAME}`)
  if (schema) return { kind: 'schema', from: plain(schema[0]), to: plain(schema[1]) }
  for (const [words, kind] of KINDS) {
    const renamed = matching(sql, `alter ${words} (?:if exists )?${PLACE} rename to ${NAME}`)
    if (renamed) {
      const from = placed(renamed[0], renamed[1])
      return { kind, from, to: { ...from, name: plain(renamed[2]) } }
    }
    const moved = matching(sql, `alter ${words} (?:if exists )?${PLACE} set schema ${NAME}`)
    if (moved) {
      const from = placed(moved[0], moved[1])
      return { kind, from, to: { ...from, schema: plain(moved[2]) } }
    }
  }
  return null
}

const KINDS: [words: string, kind: 'table' | 'enum' | 'sequence'][] = [
  ['table', 'table'],
  ['type', 'enum'],
  ['sequence', 'sequence'],
]

function matching(sql: string, pattern: string): (string | undefined)[] | null {
  const found = sql.replaceAll(/\s+/g, ' ').match(new RegExp(`^(?:--.*\\n)*${pattern}$`, 'i'))
  return found ? found.slice(1) : null
}

const placed = (schema: string | undefined, name: string | undefined): Place => ({
  schema: schema === undefined ? 'public' : plain(schema),
  name: plain(name),
})

const plain = (name = ''): string =>
  name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase()
