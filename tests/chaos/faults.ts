import type { FaultyProxy } from '../support/faulty-proxy.ts'

/** What a fault can break: the network between app and database, the server, and the database itself. */
export type Tools = {
  proxy: FaultyProxy
  /** Runs a statement past the proxy. */
  sql: (statement: string) => Promise<unknown>
  server: { stop: () => Promise<unknown>; start: () => Promise<unknown>; kill: () => void }
}

/** A fault: `begin` returns how to end it. It lasts `seconds`. */
export type Fault = { seconds: number; begin: (tools: Tools) => Promise<() => Promise<unknown>> }

const END_ALL = `select pg_terminate_backend(pid) from pg_stat_activity
  where backend_type = 'client backend' and pid <> pg_backend_pid()`

const network = (kind: Parameters<FaultyProxy['break']>[0], seconds: number): Fault => ({
  seconds,
  async begin({ proxy }) {
    proxy.break(kind)
    return async () => proxy.heal()
  },
})

const change = (there: string, back: string): Fault => ({
  seconds: 3,
  async begin({ sql }) {
    await sql(there)
    await sql(END_ALL)
    return () => sql(back)
  },
})

/** Holds a lock in a transaction of its own while the fault lasts. */
const held = (lock: string): Fault => ({
  seconds: 6,
  async begin({ sql }) {
    const holder = sql(`begin; ${lock}; select pg_sleep(6); commit`)
    return () => holder
  },
})

/** The faults of `make chaos`, each under the name of its row. */
export const FAULTS: Record<string, Fault> = {
  'connections cut as they open': network('cut', 4),
  'connections accepted and closed': network('refuse', 4),
  'black hole': network('black hole', 9),
  'all connections go silent': {
    seconds: 0,
    async begin({ proxy }) {
      proxy.silence()
      return async () => {}
    },
  },
  'all backends terminated': {
    seconds: 0,
    async begin({ sql }) {
      await sql(END_ALL)
      return async () => {}
    },
  },
  'one locked row': held("select from users where username = 'first-admin' for update"),
  'one locked table': held('lock table users'),
  'read-only': change(
    'alter database chaos set default_transaction_read_only = on',
    'begin read write; alter database chaos set default_transaction_read_only = off; commit',
  ),
  'password changed': change("alter role chaos password 'another'", "alter role chaos password 'chaos'"),
  'three connections left': change(
    'alter role chaos connection limit 3',
    'alter role chaos connection limit -1',
  ),
  'a table is missing': change('alter table sessions rename to gone', 'alter table gone rename to sessions'),
  'server stopped': {
    seconds: 3,
    async begin({ server }) {
      await server.stop()
      return server.start
    },
  },
  'server killed': {
    seconds: 1,
    async begin({ server }) {
      server.kill()
      return server.start
    },
  },
}
