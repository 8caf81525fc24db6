import { Hono } from 'hono'
import { html, script, style } from './docs-page.ts'
import type { Env } from './env.ts'
import { anyone } from './operations.ts'

/** An interactive page about `/openapi.json`. It loads nothing from any other host. */
export const docsRoutes = new Hono<Env>()
  .get('/docs', anyone, (c) => c.html(html))
  .get('/docs/page.css', anyone, (c) => c.body(style, 200, { 'Content-Type': 'text/css; charset=utf-8' }))
  .get('/docs/page.js', anyone, (c) =>
    c.body(script, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
  )
