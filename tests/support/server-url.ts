import { databaseUrl } from '../../tools/databases.ts'

/** The tests' server, by a database of it that the sandbox does not use: for tests that need connections of their own. */
export async function serverUrl(): Promise<string> {
  return Object.assign(new URL(await databaseUrl('test')), { pathname: '/postgres' }).href
}
