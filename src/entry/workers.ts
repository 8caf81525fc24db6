import { sweep } from '../access/sweep.ts'
import { app } from '../app.ts'
import { loadConfig } from '../config.ts'
import { newestMigration } from '../db/migration.ts'
import { connect } from '../db/neon.ts'
import { AppError } from '../errors.ts'
import { misconfiguredApp } from '../http/misconfigured.ts'

type Handler = (request: Request) => Response | Promise<Response>

// An isolate has one environment, so settings are read once. The connection holds nothing that belongs to one request.
const handlers = new WeakMap<Cloudflare.Env, Handler>()

export default {
  fetch(request: Request, env: Cloudflare.Env) {
    const handler = handlers.get(env) ?? handlerFor(env)
    handlers.set(env, handler)
    return handler(request)
  },
  /** Runs by the cron trigger of wrangler.toml. */
  async scheduled(_: unknown, env: Cloudflare.Env) {
    await sweep(connect(loadConfig({ ...env }).databaseUrl).db)
  },
}

function handlerFor(env: Cloudflare.Env): Handler {
  try {
    const config = loadConfig({ ...env })
    const { db } = connect(config.databaseUrl)
    return (request) => app.fetch(request, { db, config, migration: newestMigration, ip: clientOf(request) })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return misconfiguredApp(error).fetch
  }
}

// Cloudflare sets it, whatever the client sent.
const clientOf = (request: Request) => request.headers.get('CF-Connecting-IP') ?? undefined
