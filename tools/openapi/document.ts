import { app } from '../../src/app.ts'
import { type Config, loadConfig } from '../../src/config.ts'
import type { Services } from '../../src/http/env.ts'
import type { OpenApi } from '../../src/http/openapi/document.ts'

/** Returns the OpenAPI document that the app serves with the default settings, but for `changes`. */
export async function openApiDocument(changes: Partial<Config> = {}): Promise<OpenApi> {
  const config = { ...loadConfig({ DATABASE_URL: 'postgres://none/none', LOG: 'off' }), ...changes }
  const services: Services = { config, db: null as unknown as Services['db'] } // the document asks no database
  return (await app.request('/openapi.json', {}, services)).json() as Promise<OpenApi>
}
