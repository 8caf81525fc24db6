import { type Folder, readFolder } from './folder.ts'
import type { Place } from './plan/sql.ts'

/** The project whose migrations they are. */
export type Project = {
  /** The folder of migrations. */
  folder: string
  /** The table in which databases keep what they have had applied; drizzle's own if it is left out. */
  table?: Place
  /** Whatever the models export, by any names. */
  models: () => Promise<Record<string, unknown>>
  /** The connection string of the database to work on; may start a server. */
  database: () => Promise<string>
  /** The connection string of a server on which scratch databases can be made; may start it. */
  scratch: () => Promise<string>
}

/** Reads a project's migrations. Throws `broken_folder` as `readFolder` does. */
export const migrationsOf = ({ folder, table }: Pick<Project, 'folder' | 'table'>): Folder =>
  readFolder(folder, table)
