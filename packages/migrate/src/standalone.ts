import { resolve } from 'node:path'
import type { Project } from './project.ts'
import { Refusal } from './refusal.ts'

/** The project in the current folder, as the environment describes it. */
export function standalone(env: Record<string, string | undefined> = process.env): Project {
  return {
    folder: resolve('drizzle'),
    models: async () => {
      throw new Refusal('usage', 'Say where the models are: --models src/schema.ts.')
    },
    database: async () => given(env, 'DATABASE_URL', 'the database to work on'),
    scratch: async () => given(env, 'SCRATCH_URL', 'a server on which scratch databases can be made'),
  }
}

function given(env: Record<string, string | undefined>, name: string, what: string): string {
  const url = env[name]
  if (url && URL.canParse(url)) return url
  throw new Refusal('usage', `Set ${name} to ${what}: postgres://user:password@host:5432/database.`)
}
