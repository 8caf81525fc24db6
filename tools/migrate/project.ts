import { resolve } from 'node:path'
import type { Project } from '@hearth/migrate'
import { embeddedServer } from '../databases.ts'
import { loadModels } from './models.ts'
import { migrationTarget } from './target.ts'

/** This project, as the migration tool sees it; scratch databases are the embedded server's, or SCRATCH_URL's, whatever DATABASE_URL names. */
export const PROJECT: Project = {
  folder: resolve(import.meta.dir, '../../drizzle'),
  models: loadModels,
  database: migrationTarget,
  scratch: async () => process.env.SCRATCH_URL || (await embeddedServer()).url('postgres'),
}
