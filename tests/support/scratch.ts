import { withScratchDatabase as onServer } from '@hearth/migrate'
import { PROJECT } from '../../tools/migrate/project.ts'

/** Runs `work` with the connection string of a new, empty database on the embedded server, and drops the database afterwards. */
export const withScratchDatabase = async <T>(work: (url: string) => Promise<T>): Promise<T> =>
  onServer(await PROJECT.scratch(), work)
