import journal from '../../drizzle/meta/_journal.json' with { type: 'json' }

/** A migration: its name, and its date in drizzle-kit's journal (milliseconds since 1970), which names it in a database. */
export type Migration = { tag: string; when: number }

/** The newest migration that this build knows, and so the one that its code needs; undefined when there are none. */
export const newestMigration: Migration | undefined = journal.entries.at(-1)
