/** One way to misuse the sandbox. `test` is its name in `project/*-tests.ts`; the test after it finds everything clean. */
export type Misuse = { what: string; test: string; report: string | null }

const PAST = 'used the database past the sandbox: '

/** Ways that a test of the project tries. The report is a part of what the failed test prints; null: it does not fail. */
export const MISUSES: Misuse[] = [
  {
    what: 'An `await` is missing',
    test: 'an await is missing',
    report: 'ended while a query was still running: an await is missing.',
  },
  {
    what: 'A query comes after its test (a timer, an event)',
    test: 'a query comes after the end',
    report: 'is over, but a query of it came later: an await is missing.',
  },
  {
    what: '`commit` by `db.execute`',
    test: 'SQL: commit',
    report: "ran `commit`, which would end the test's transaction: use `db.transaction`.",
  },
  { what: '`ROLLBACK`', test: 'SQL: ROLLBACK', report: 'ran `ROLLBACK`' },
  { what: '`begin`', test: 'SQL: begin', report: 'ran `begin`' },
  { what: '`select 1; end`', test: 'SQL: select 1; end', report: 'ran `end`' },
  { what: '`/* so */ abort`', test: 'SQL: /* so */ abort', report: 'ran `abort`' },
  {
    what: '`savepoint mine`, outside of `db.transaction`',
    test: 'SQL: savepoint mine',
    report: 'ran `savepoint mine`',
  },
  { what: '`commit` inside `db.transaction`', test: 'commit inside db.transaction', report: 'ran `commit`' },
  {
    what: '`do $$ begin commit; end $$`',
    test: 'commit in a DO block',
    report: 'invalid transaction termination',
  },
  {
    what: '`db` inside `db.transaction`, swallowed by a `catch`',
    test: 'db inside db.transaction',
    report: 'used `db` inside `db.transaction`: use the `tx` that its callback is given.',
  },
  {
    what: 'A statement by `db.$client`',
    test: 'db.$client',
    report: '`db.$client` would send statements past the sandbox',
  },
  {
    what: '`travel` on a scratch database',
    test: 'travel on a scratch database',
    report: '`travel` does not work within `onScratch`',
  },
  {
    what: 'PREPARE, SET, an advisory lock, a new table, changed rows',
    test: 'fine: PREPARE, SET, a lock and a table that stay',
    report: null,
  },
  {
    what: 'The app was not wired: it writes by its own pool',
    test: 'the app writes by its own pool',
    report: `${PAST}\`insert into "users"`,
  },
  { what: 'It only reads', test: 'the app reads by its own pool', report: `${PAST}\`select "id", "name"` },
  {
    what: 'It writes, while the test uses the sandbox',
    test: 'the app reads and writes by its own pool, and the test uses the sandbox',
    report: 'left rows behind: users (1 row). Something wrote past the sandbox.',
  },
  {
    what: 'It uses another database of the server, its own for example',
    test: 'the app reads another database of the server',
    report: `${PAST}\`select 1 as n\` on the database "app_of_`,
  },
  {
    what: 'A connection comes, writes and goes',
    test: 'a connection comes, writes and goes',
    report: 'left rows behind: users (1 row). Something wrote past the sandbox.',
  },
  {
    what: 'A table is created past the sandbox',
    test: 'a table is created past the sandbox',
    report: 'left tables behind: leftovers. They were dropped.',
  },
  {
    what: 'Rows that the blueprint brought are changed past the sandbox',
    test: 'rows of the blueprint are changed past the sandbox',
    report: 'left rows behind: countries (2 rows, not those of the blueprint).',
  },
  {
    what: 'They are deleted',
    test: 'rows of the blueprint are deleted past the sandbox',
    report: 'left rows behind: countries (0 rows, not those of the blueprint).',
  },
  {
    what: 'Rows are left in another schema',
    test: 'rows in another schema are left',
    report: 'left rows behind: shop.orders (1 row).',
  },
  {
    what: 'A query hangs until the test times out',
    test: 'a query hangs',
    report: 'ended while `select pg_sleep(60)` (it sleeps) was still running. It was cancelled.',
  },
  {
    what: 'It hangs inside `db.transaction`',
    test: 'a query hangs in a transaction',
    report: 'was still running, inside `db.transaction`. It was cancelled.',
  },
  {
    what: "A query waits for another session's lock",
    test: 'a query waits for a lock',
    report: '(it waits for a lock that is held by process ',
  },
  {
    what: 'The callback of `db.transaction` never ends',
    test: 'a transaction never ends',
    report: 'ended while its `db.transaction` was still open: its callback waits for something else.',
  },
  {
    what: "`db.transaction` waits for the app's own server",
    test: "a transaction waits for the app's own server",
    report: 'waits for itself: a query waits for a `db.transaction` that runs nothing',
  },
  {
    what: 'The same, and the test times out before two seconds',
    test: "a transaction waits for the app's own server, and the test is impatient",
    report: 'waits for itself: a query waits for a `db.transaction` that runs nothing',
  },
  {
    what: "The server ends the test's connection",
    test: 'the connection is killed',
    report: 'lost its connection to the database. The next test gets another one.',
  },
  {
    what: 'The same, inside `db.transaction`',
    test: 'the connection is killed inside db.transaction',
    report: 'lost its connection to the database. The next test gets another one.',
  },
  {
    what: '`beforeAll` writes',
    test: 'beforeAll writes',
    report: 'The database was written outside of a test, in `beforeAll` or at the top of a file',
  },
  {
    what: '`beforeEach` of concurrent tests writes',
    test: 'beforeEach of concurrent tests writes',
    report: 'Several tests run at once (`test.concurrent` or `--concurrent`)',
  },
  { what: '`afterAll` deletes rows and closes `db.$client`', test: 'clean-ups', report: null },
  {
    what: 'More tests at once than the pool has connections',
    test: 'more tests at once than connections',
    report: null,
  },
]
