/** drizzle-kit's picture of a set of models: format 7, which `drizzle/meta/NNNN_snapshot.json` holds. */
export type Snapshot = {
  id: string
  prevId: string
  version: string
  dialect: string
  tables: Record<string, SnapshotTable>
  enums: Record<string, { name: string; schema: string; values: string[] }>
  schemas: Record<string, string>
  sequences: Record<string, Steps & { name: string; schema: string }>
  roles: Record<string, Role>
  policies: Record<string, Policy>
  views: Record<string, View>
}

export type SnapshotTable = {
  name: string
  schema: string
  columns: Record<string, SnapshotColumn>
  indexes: Record<string, Index>
  foreignKeys: Record<string, SnapshotForeignKey>
  compositePrimaryKeys: Record<string, { name: string; columns: string[] }>
  uniqueConstraints: Record<string, Unique>
  checkConstraints: Record<string, Check>
  policies: Record<string, Policy>
  isRLSEnabled: boolean
}

export type SnapshotColumn = {
  name: string
  type: string
  typeSchema?: string
  primaryKey: boolean
  notNull: boolean
  default?: unknown
  generated?: { as: string; type: 'stored' }
  identity?: Steps & { type: 'always' | 'byDefault'; name: string; schema: string }
}

export type SnapshotForeignKey = {
  name: string
  tableTo: string
  schemaTo?: string
  columnsFrom: string[]
  columnsTo: string[]
  onDelete?: string
  onUpdate?: string
}

/** The numbers of a sequence. */
export type Steps = {
  increment?: string
  minValue?: string
  maxValue?: string
  startWith?: string
  cache?: string
  cycle?: boolean
}

export type Unique = { name: string; columns: string[]; nullsNotDistinct: boolean }
export type Check = { name: string; value: string }
export type Role = { name: string; createDb?: boolean; createRole?: boolean; inherit?: boolean }

export type Index = {
  name: string
  columns: { expression: string; isExpression: boolean; asc: boolean; nulls?: string; opclass?: string }[]
  isUnique: boolean
  where?: string
  concurrently: boolean
  method: string
  with: Record<string, unknown>
}

export type Policy = {
  name: string
  as?: string
  for?: string
  to?: string[]
  using?: string
  withCheck?: string
  /** The table of a policy outside the tables, quoted. */
  on?: string
}

export type View = {
  name: string
  schema: string
  definition?: string
  materialized: boolean
  isExisting: boolean
  with?: Record<string, unknown>
  withNoData?: boolean
  using?: string
  tablespace?: string
}

/** The picture of no models at all. */
export const emptySnapshot = (): Snapshot => ({
  id: '00000000-0000-0000-0000-000000000000',
  prevId: '',
  version: '7',
  dialect: 'postgresql',
  tables: {},
  enums: {},
  schemas: {},
  sequences: {},
  roles: {},
  policies: {},
  views: {},
})
