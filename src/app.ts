import { type Context, Hono, type MiddlewareHandler, type Next } from 'hono'
import { cors } from 'hono/cors'
import { requestId } from 'hono/request-id'
import { accountRoutes } from './account/routes.ts'
import { emailVerificationRoutes } from './email-verifications/routes.ts'
import { receiveBody } from './http/body.ts'
import { answerInTime } from './http/deadline.ts'
import { docsRoutes } from './http/docs/routes.ts'
import type { Env } from './http/env.ts'
import { lengthOfHead } from './http/head.ts'
import { healthRoutes } from './http/health.ts'
import { refuseMalformedHost } from './http/host.ts'
import { logRequests } from './http/log.ts'
import { openApiOf } from './http/openapi/document.ts'
import { anyone } from './http/operations.ts'
import { respondWithProblem } from './http/problem.ts'
import { securityHeaders } from './http/security-headers.ts'
import { refuseUnknown } from './http/unknown.ts'
import { meRoutes } from './me/routes.ts'
import { passwordResetRoutes } from './password-resets/routes.ts'
import { sessionRoutes } from './sessions/routes.ts'
import { userSessionRoutes } from './user-sessions/routes.ts'
import { userRoutes } from './users/routes.ts'

const crossOrigin = cors({
  origin: allowedOrigin,
  exposeHeaders: ['Link', 'Location', 'Retry-After', 'X-Request-Id'],
  maxAge: 600,
})

// Most requests come from no page. Hono answers every OPTIONS as a preflight; only one with the second header is (Fetch
// standard, 3.3.5).
const allowListedOrigins: MiddlewareHandler<Env> = (c, next) => {
  const isPreflight = c.req.header('Access-Control-Request-Method') !== undefined
  const isCrossOrigin = c.req.header('Origin') !== undefined && (c.req.method !== 'OPTIONS' || isPreflight)
  return isCrossOrigin ? crossOrigin(c, next) : next()
}

const openApi = openApiOf(allRoutes)

/** The application. Each request brings its `Services`: `app.fetch(request, services)`. */
export const app = new Hono<Env>()
  .use(requestId())
  .use(logRequests)
  .use(securityHeaders)
  .use(forbidCaching)
  .use(allowListedOrigins)
  .use(lengthOfHead)
  .use(refuseMalformedHost)
  .use(refuseUnknown(allRoutes))
  .use(receiveBody)
  .use(answerInTime)
  .route('/', healthRoutes)
  .route('/', docsRoutes)
  .get('/openapi.json', anyone, (c) => c.json(openApi(c.env.config)))
  .route('/users', userRoutes)
  .route('/users/:id/sessions', userSessionRoutes)
  .route('/me', meRoutes)
  .route('/sessions', sessionRoutes)
  .route('/password-resets', passwordResetRoutes)
  .route('/account', accountRoutes)
  .route('/email-verifications', emailVerificationRoutes)
  .onError(respondWithProblem)

// A function, and one with a written type, since `app` contains middleware that asks for its routes.
function allRoutes(): Hono<Env> {
  return app as unknown as Hono<Env>
}

function allowedOrigin(origin: string, c: Context<Env>): string | null {
  return c.env.config.corsOrigins.includes(origin) ? origin : null
}

// What this API answers is about one caller, or changes: no cache between may keep it.
async function forbidCaching(c: Context<Env>, next: Next): Promise<void> {
  await next()
  c.header('Cache-Control', 'no-store')
}

/** The type of the application, for Hono's typed client. */
export type App = typeof app
