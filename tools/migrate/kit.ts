import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api'

/** drizzle-kit's picture of a set of models; its shape is drizzle-kit's own business. */
export type Snapshot = ReturnType<typeof generateDrizzleJson>

/** Takes drizzle-kit's picture of models: exported tables, enums, views and the like, by export name. */
export function snapshotOf(models: Record<string, unknown>): Snapshot {
  return generateDrizzleJson(models)
}

/** The statements that make everything in `models` in an empty database. */
export async function createStatements(models: Record<string, unknown>): Promise<string[]> {
  return generateMigration(snapshotOf({}), snapshotOf(models))
}
