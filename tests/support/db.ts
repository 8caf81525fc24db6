import { connect } from '../../src/db/bun-sql.ts'
import { databaseUrl } from '../../tools/postgres/databases.ts'
export const { db } = connect(await databaseUrl('test'))
