import { Hono } from 'hono'
import type { Env } from '../http/env.ts'
import { anyone } from '../http/operations.ts'
import { html, script, style } from './page.ts'

/** A page for people who open the link of a mail. It loads nothing from any other host. */
export const accountRoutes = new Hono<Env>()
  .get('/', anyone, (c) => c.html(html))
  .get('/page.css', anyone, (c) => c.body(style, 200, { 'Content-Type': 'text/css; charset=utf-8' }))
  .get('/page.js', anyone, (c) => c.body(script, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }))
