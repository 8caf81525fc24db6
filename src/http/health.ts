import { sql } from 'drizzle-orm'
import { Hono } from 'hono'
import * as z from 'zod'
import { AppError } from '../errors.ts'
import { operation } from './describe.ts'
import type { Env } from './env.ts'

const Health = z.object({ status: z.string() })

/** Whether the app lives (`/health`), and whether it can do its work (`/ready`, which asks the database). */
export const healthRoutes = new Hono<Env>()
  .get('/health', operation('Does the app live?', 200, Health), (c) => c.json({ status: 'ok' }))
  .get('/ready', operation('Does the database answer?', 200, Health, ['unavailable']), async (c) => {
    try {
      await c.env.db.execute(sql`select 1`)
    } catch {
      throw new AppError('unavailable', 'The database does not answer; try again shortly.')
    }
    return c.json({ status: 'ready' })
  })
