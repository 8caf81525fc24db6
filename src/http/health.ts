import { Hono } from 'hono'
import * as z from 'zod'
import { findObstacle } from '../db/obstacle.ts'
import { AppError } from '../errors.ts'
import { DATABASE_UNAVAILABLE } from './database-problem.ts'
import type { Env } from './env.ts'
import { anyone, operation } from './operations.ts'

const Health = z.object({ status: z.string() })

/** Liveness (`/health`), and whether requests would succeed (`/ready`): the reason why not is for the log alone. */
export const healthRoutes = new Hono<Env>()
  .get('/health', operation('Liveness', 200, Health), anyone, (c) => c.json({ status: 'ok' }))
  .get('/ready', operation('Readiness: the database', 200, Health, ['unavailable']), anyone, async (c) => {
    const obstacle = await findObstacle(c.env.db, c.env.migration)
    if (obstacle) throw new AppError('unavailable', DATABASE_UNAVAILABLE, { reason: obstacle.advice })
    return c.json({ status: 'ready' })
  })
