import { Hono } from 'hono'
import { readFile } from '#account-files'
import type { Env } from '../http/env.ts'
import { anyone } from '../http/operations.ts'
import { serving } from '../http/static.ts'

const file = serving(readFile)

/**
 * A page for people who open the link of a mail. The token is in the address's fragment, which browsers send to no server. It
 * loads nothing from any other host.
 */
export const accountRoutes = new Hono<Env>()
  .get('/', anyone, file('page.html'))
  .get('/page.css', anyone, file('page.css'))
  .get('/page.js', anyone, file('page.js'))
