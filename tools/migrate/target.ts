import { Refusal } from '@hearth/migrate'
import { DATABASES, databaseUrl } from '../databases.ts'

/**
 * The connection string of the database that migrations are for: the one that DATABASE_URL names, else the development database, whose
 * server is started when needed. Throws `wrong_database` for the test database, which tests rebuild each time.
 */
export async function migrationTarget(): Promise<string> {
  const url = await databaseUrl('development')
  if (decodeURIComponent(new URL(url).pathname) !== `/${DATABASES.test}`) return url
  throw new Refusal(
    'wrong_database',
    `DATABASE_URL names the test database (${DATABASES.test}), which tests rebuild from the models: name another one, or unset it to use the development database.`,
  )
}
