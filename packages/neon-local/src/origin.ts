import type { IncomingHttpHeaders } from 'node:http'
import { HttpError } from './errors.ts'
import { isLoopback } from './settings.ts'

/** Callers that are served although they are not local programs: web origins, and names in `Host`. */
export type Allowed = { origins: readonly string[]; hosts: readonly string[] }

const HOST = /^([\w.-]+|\[[\da-f:.]+\])(:\d+)?$/i // RFC 9110, 7.2; clients of the endpoint need no more of it

/**
 * Keeps web pages out, which could otherwise run SQL on the developer's machine. A browser names the page in `Origin`, and
 * the request's relation to it in `Sec-Fetch-Site`; drivers on a server send neither. `Host` must be a loopback name, else a
 * page could reach the endpoint under its own site's name (DNS rebinding). Returns the headers by which a page of an
 * allowed origin may read the response. Throws an `HttpError` with status 403.
 */
export function admitCaller(headers: IncomingHttpHeaders, allowed: Allowed): Record<string, string> {
  const { host = '', origin } = headers
  const [, name = ''] = HOST.exec(host) ?? []
  if (!name || !(isLoopback(name) || allowed.hosts.includes(name.toLowerCase()))) {
    throw forbidden(`the host ${JSON.stringify(host)} is not this machine: use localhost, or --allow-host`)
  }
  if (origin === undefined) {
    const site = headers['sec-fetch-site'] ?? 'none'
    if (site !== 'none') throw forbidden('requests of web pages are not allowed')
    return {}
  }
  if (!isOrigin(origin) || !allowed.origins.includes(origin)) {
    throw forbidden(`the origin ${JSON.stringify(origin)} is not allowed: name it with --allow-origin`)
  }
  return { 'Access-Control-Allow-Origin': origin, Vary: 'Origin' }
}

/** Whether a text is an origin as a browser sends it. `null` is not one: any sandboxed frame sends it. */
export function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text && text !== 'null'
}

const forbidden = (why: string) => new HttpError(403, why)
