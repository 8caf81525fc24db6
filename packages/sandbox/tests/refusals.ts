import { type Blueprint, fingerprintOf, fromMigrations, fromStatements, TestServer } from '@hearth/sandbox'
import { SQL } from 'bun'
import { drizzle } from 'drizzle-orm/bun-sql'

/** What a refusal needs: a database of the test's own, a role without rights, and what runs SQL as its owner. */
export type World = { url: string; guestUrl: string; run: (statement: string) => Promise<unknown> }

/** A set-up that is refused: `try` makes it and opens the server; `report` is a part of the sentence. */
export type Refusal = { what: string; report: string; try: (world: World) => Promise<unknown> }

const TABLES = fromStatements(['create table users (id int)'])

/** Opens a server as a preload does, and closes what it opened. */
async function open(
  url: string | undefined,
  { blueprint = TABLES, appUrl = null as string | null, worker = undefined as string | undefined } = {},
): Promise<void> {
  const connect = (at: string) => {
    const client = new SQL(at, { max: 2, connectionTimeout: 5 })
    return { db: drizzle({ client }), close: () => client.close() }
  }
  const { close } = await new TestServer(url, blueprint, connect, { appUrl }).open(worker)
  await close()
}

const withBlueprint = (blueprint: () => Blueprint) => async (world: World) =>
  open(world.url, { blueprint: blueprint() })
const withTables = (statement: string) => async (world: World) => {
  await world.run(statement)
  await open(world.url)
}

export const REFUSALS: Refusal[] = [
  {
    what: 'The variable with the URL is not set',
    report: 'The URL of the test database is missing',
    try: () => open(undefined),
  },
  { what: 'It is empty', report: 'The URL of the test database is missing', try: () => open('') },
  {
    what: 'It is not a URL of PostgreSQL',
    report: 'The URL of the test database is not valid',
    try: () => open('localhost/shop'),
  },
  {
    what: 'Nothing listens there',
    report: 'The test database does not answer',
    try: () => open('postgres://127.0.0.1:1/shop'),
  },
  {
    what: "It is the app's database, spelled in another way",
    report: 'is the database of the app (DATABASE_URL), and nothing was changed',
    try: ({ url }) => open(url, { appUrl: `${url.replace('127.0.0.1', 'localhost')}?application_name=shop` }),
  },
  {
    what: "The app's database was used by the tests before",
    report: 'is the database of the app (DATABASE_URL), and nothing was changed',
    async try({ url }) {
      await open(url)
      await open(url, { appUrl: url })
    },
  },
  {
    what: 'It has tables: a restored backup',
    report: 'has tables that the tests did not create (customers)',
    try: withTables('create table customers (id int)'),
  },
  {
    what: 'It has a migrations table',
    report: 'has a migrations table (drizzle.__drizzle_migrations), so an app uses it',
    try: withTables('create schema drizzle; create table drizzle.__drizzle_migrations (id int)'),
  },
  {
    what: 'It was built by the sandbox, and somebody added a table',
    report: 'has tables that the tests did not create (mine)',
    async try({ url, run }) {
      await open(url)
      await run('create table mine (id int)')
      await open(url, { blueprint: fromStatements([]) })
    },
  },
  {
    what: 'Several workers, and the role may not create databases',
    report: 'The role of the test database may not create databases.',
    try: ({ guestUrl }) => open(guestUrl, { worker: '1' }),
  },
  {
    what: 'A statement of the blueprint fails',
    report:
      'The blueprint fails at `create table t (id nonsense)`: type "nonsense" does not exist (SQLSTATE 42704).',
    try: withBlueprint(() => fromStatements(['create table t (id nonsense)'])),
  },
  {
    what: 'The folder of migrations is empty',
    report: 'nowhere has no migrations',
    try: withBlueprint(() => fromMigrations('nowhere')),
  },
  {
    what: 'A file of the models does not exist',
    report: 'nowhere.ts, which does not exist.',
    try: withBlueprint(() => ({ ...TABLES, fingerprint: fingerprintOf(['nowhere.ts']) })),
  },
]
