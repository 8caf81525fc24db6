import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { app } from '../src/app.ts'
import { ACCESS } from './contract/access.ts'
import { apiAt, documentOf, type Host } from './contract/api.ts'
import { races, scenarios } from './contract/scenarios/index.ts'
import { ALLOWED_ORIGIN } from './contract/scenarios/protocol.ts'
import { committed, db } from './support/db.ts'
import { services } from './support/http.ts'

setDefaultTimeout(30_000) // a scenario can be a thousand requests

// The contract in process. `make test-runtimes` runs the same scenarios on each runtime.
const host: Host = {
  send: async (path, init) =>
    app.fetch(new Request(`http://hearth.test${path}`, init), services({ corsOrigins: [ALLOWED_ORIGIN] })),
  async query(statement) {
    const result: unknown = await db.execute(sql.raw(statement))
    return Array.isArray(result) ? result : (result as { rows: Record<string, unknown>[] }).rows
  },
}
const document = await documentOf(host)

describe('the contract', () => {
  test.each(Object.entries(scenarios))('%s', (_, scenario) => scenario(apiAt(host, document)))
  test.each(Object.entries(races))('%s', (_, scenario) => committed(() => scenario(apiAt(host, document))))
})

test('every route of the app has a line in the authorisation table, and no other has', () => {
  const routes = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
  const missing = [...new Set(routes)].filter((route) => !(route in ACCESS))
  const unknown = Object.keys(ACCESS).filter((route) => !routes.includes(route))
  const fix = 'Say in tests/contract/access.ts who may call it.'
  expect({ missing, unknown }, `Routes differ from the authorisation table. ${fix}`).toEqual({
    missing: [],
    unknown: [],
  })
})
