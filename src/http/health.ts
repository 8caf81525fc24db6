import { Hono } from 'hono'
import * as z from 'zod'
import { findObstacle } from '../db/obstacle.ts'
import { AppError } from '../errors.ts'
import { DATABASE_UNAVAILABLE } from './database-problem.ts'
import type { Env } from './env.ts'
import { anyone, operation } from './operations.ts'

const Health = z.object({ status: z.string() }).meta({ id: 'Health' })

/** Liveness (`/health`), and whether requests would succeed (`/ready`): the reason why not is for the log alone. */
export const healthRoutes = new Hono<Env>()
  .get(
    '/health',
    operation('checkHealth', 200, Health, {
      summary: 'Liveness',
      description: 'Does not ask the database.',
      tag: 'health',
    }),
    anyone,
    (c) => c.json({ status: 'ok' }, 200),
  )
  .get(
    '/ready',
    operation('checkReadiness', 200, Health, {
      summary: 'Readiness',
      description:
        'Whether requests would succeed: the database is reachable, writable, and has the migrations, and the server does not stop.',
      tag: 'health',
    }),
    anyone,
    async (c) => {
      if (c.env.isDraining?.())
        throw new AppError('unavailable', 'This server is stopping.', { reason: 'The process drains.' })
      const obstacle = await findObstacle(c.env.probe ?? c.env.db, c.env.migration)
      if (obstacle) throw new AppError('unavailable', DATABASE_UNAVAILABLE, { reason: obstacle.advice })
      return c.json({ status: 'ready' }, 200)
    },
  )
