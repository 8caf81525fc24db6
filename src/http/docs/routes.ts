import { Hono } from 'hono'
import { readFile } from '#docs-files'
import type { Env } from '../env.ts'
import { anyone } from '../operations.ts'
import { serving } from '../static.ts'

const file = serving(readFile)

/**
 * A page that shows `/openapi.json` and tries its operations. It loads nothing from any other host, and refers to everything
 * by relative addresses, so that it works under a path prefix too.
 */
export const docsRoutes = new Hono<Env>()
  .get('/docs', anyone, file('page.html'))
  .get('/docs/page.css', anyone, file('page.css'))
  .get('/docs/page.js', anyone, file('page.js'))
  .get('/docs/dom.js', anyone, file('dom.js'))
  .get('/docs/operation.js', anyone, file('operation.js'))
  .get('/docs/request.js', anyone, file('request.js'))
  .get('/docs/schema.js', anyone, file('schema.js'))
  .get('/docs/icon.svg', anyone, file('icon.svg'))
  .get('/favicon.ico', anyone, file('icon.svg'))
  .get('/', anyone, (c) => {
    const isPerson = c.req.header('Accept')?.includes('text/html')
    if (isPerson) return c.redirect('docs')
    return c.json({ title: 'Hearth', docs: 'docs', openapi: 'openapi.json', health: 'health' }, 200)
  })
