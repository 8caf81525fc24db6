/** The project whose migrations they are. */
export type Project = {
  /** The folder of migrations. */
  folder: string
  /** Whatever the models export, by any names. */
  models: () => Promise<Record<string, unknown>>
  /** The connection string of the database to work on; may start a server. */
  database: () => Promise<string>
  /** The connection string of a server on which scratch databases can be made; may start it. */
  scratch: () => Promise<string>
}
