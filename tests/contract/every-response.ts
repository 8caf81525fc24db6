import { type Answer, isProblem } from '../support/exchange.ts'

const EVERYWHERE: [header: string, value: RegExp][] = [
  ['X-Content-Type-Options', /^nosniff$/],
  ['X-Frame-Options', /^DENY$/],
  ['Content-Security-Policy', /default-src 'self'.*object-src 'none'.*form-action 'none'/],
  ['Strict-Transport-Security', /max-age=31536000/],
  ['Cache-Control', /^no-store$/],
  ['X-Request-Id', /./],
]
const BY_STATUS: Record<number, [header: string, value: RegExp][]> = {
  401: [['WWW-Authenticate', /^Bearer\b/]],
  429: [['Retry-After', /^[1-9]\d*$/]],
  503: [['Retry-After', /^[1-9]\d*$/]],
}

/** Returns what a response lacks of what every response has, whatever its route: headers, and a complete problem for an error. */
export function commonFaults(method: string, pathname: string, answer: Answer): string[] {
  const required = [...EVERYWHERE, ...(BY_STATUS[answer.status] ?? [])]
  const missing = required.filter(([name, value]) => !value.test(answer.headers.get(name) ?? ''))
  const faults = missing.map(([name]) => `the header ${name} is ${answer.headers.get(name)}`)
  if (answer.status < 400 || method === 'HEAD') return faults
  if (!isProblem(answer)) faults.push(`this is not a complete problem: ${answer.text}`)
  else if (oneSlash(answer.body.instance) !== oneSlash(withoutToken(pathname)))
    faults.push(`the instance is ${answer.body.instance}`)
  return faults
}

// Bun's `fetch` sends // as /.
const oneSlash = (path: string) => path.replace(/^\/+/, '/')

// A single-use token in a path is a secret, which no response repeats.
const withoutToken = (path: string) =>
  path.replace(/^(\/(?:password-resets|email-verifications))\/[^/]+$/, '$1')
