import { type Api, apiAt, documentOf, type Host } from '../contract/api.ts'

/** A running app, for scenarios. `resetLimits` forgets the attempts of earlier scenarios, which share one address. */
export type RemoteApp = AsyncDisposable & { api: Api; resetLimits: () => Promise<void> }

/** Connects to the app at `url` over HTTP, and to its database. */
export async function connectTo(url: string, databaseUrl: string): Promise<RemoteApp> {
  const sql = new Bun.SQL(databaseUrl, { max: 1 })
  const host: Host = {
    send: (path, init) => fetch(url + path, { ...init, redirect: 'manual' }),
    query: (statement) => sql.unsafe(statement),
  }
  return {
    api: apiAt(host, await documentOf(host)),
    resetLimits: async () => {
      await sql`delete from rate_limits`
    },
    [Symbol.asyncDispose]: () => sql.close(),
  }
}
