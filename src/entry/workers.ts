import { app } from '../app.ts'
import { loadConfig } from '../config.ts'
import { connect } from '../db/neon.ts'
import { AppError } from '../errors.ts'
import { misconfiguredApp } from '../http/misconfigured.ts'

type Handler = (request: Request) => Response | Promise<Response>

// Once for an isolate: the settings stay the same, and the connection holds nothing that belongs to one request.
let handler: Handler | undefined

export default {
  fetch(request: Request, env: Cloudflare.Env) {
    handler ??= handlerFor(env)
    return handler(request)
  },
}

function handlerFor(env: Cloudflare.Env): Handler {
  try {
    const config = loadConfig({ ...env })
    const { db } = connect(config.databaseUrl)
    return (request) => app.fetch(request, { db, config, ip: clientOf(request) })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return misconfiguredApp(error).fetch
  }
}

// Cloudflare sets it, whatever the client sent.
const clientOf = (request: Request) => request.headers.get('CF-Connecting-IP') ?? undefined
