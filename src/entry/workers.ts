import { sweep } from '../access/sweep.ts'
import { app } from '../app.ts'
import { loadConfig } from '../config.ts'
import { newestMigration } from '../db/migration.ts'
import { connect } from '../db/neon.ts'
import { AppError } from '../errors.ts'
import { misconfiguredApp } from '../http/misconfigured.ts'
import { roomOf } from '../http/room.ts'
import { mailerOf } from '../mail/deliveries.ts'
import { deliverDue } from '../mail/outbox.ts'

type Context = { waitUntil(work: Promise<unknown>): void }
type Worker = {
  fetch: (request: Request, context: Context) => Response | Promise<Response>
  scheduled: () => Promise<void>
}

// workerd computes one hash at a time, in a fifth of a second: the last of so many ends within half of the deadline.
const MOST_HASHING = 16

// An isolate has one environment, so settings are read once. The connection holds nothing that belongs to one request.
const workers = new WeakMap<Cloudflare.Env, Worker>()

export default {
  fetch: (request: Request, env: Cloudflare.Env, context: Context) => workerOf(env).fetch(request, context),
  /** Delivers the mails that are due and sweeps what has expired, by the cron trigger of wrangler.toml. */
  scheduled: (_: unknown, env: Cloudflare.Env) => workerOf(env).scheduled(),
}

function workerOf(env: Cloudflare.Env): Worker {
  const worker = workers.get(env) ?? startWorker(env)
  workers.set(env, worker)
  return worker
}

function startWorker(env: Cloudflare.Env): Worker {
  try {
    const config = loadConfig({ ...env })
    const { db } = connect(config.databaseUrl)
    const room = roomOf(MOST_HASHING)
    const mailer = mailerOf(config)
    const deliver = async () => {
      while ((await deliverDue(db, mailer, `${config.appUrl}/account`)) > 0);
    }
    return {
      fetch: (request, context) =>
        app.fetch(request, {
          db,
          config,
          migration: newestMigration,
          room,
          ip: clientOf(request),
          asset: (path) => env.ASSETS.fetch(new URL(path, request.url)),
          deliver: () => context.waitUntil(deliver()),
        }),
      scheduled: async () => {
        await deliver()
        await sweep(db)
      },
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { fetch: misconfiguredApp(error).fetch, scheduled: async () => {} }
  }
}

// Cloudflare sets it, whatever the client sent.
const clientOf = (request: Request) => request.headers.get('CF-Connecting-IP') ?? undefined
