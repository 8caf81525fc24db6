import { deepEqual, equal, ok } from 'node:assert/strict'
import { SESSION_KEYS, USER_KEYS } from '../support/exchange.ts'
import type { Member, Reply } from './api.ts'

// The error codes of the contract. Their types are urn:hearth:problem:<code>.
const STATUS = {
  malformed: 400,
  unauthenticated: 401,
  insufficient_user_authentication: 401,
  bad_credentials: 401,
  forbidden: 403,
  suspended: 403,
  not_found: 404,
  method_not_allowed: 405,
  body_timeout: 408,
  conflict: 409,
  too_large: 413,
  unsupported_media_type: 415,
  invalid: 422,
  too_many_attempts: 429,
}

/** Fails unless the response has this status. */
export function expectStatus(reply: Reply, status: number): void {
  equal(reply.status, status, `${reply.request} → ${reply.status}, not ${status}: ${reply.text}`)
}

/** Fails unless the response is the problem `code`. If pointers are given, its `errors` must name exactly those, in any order. */
export function expectProblem(reply: Reply, code: keyof typeof STATUS, ...pointers: string[]): void {
  expectStatus(reply, STATUS[code])
  equal(reply.body.type, `urn:hearth:problem:${code}`, reply.request)
  if (pointers.length > 0) deepEqual(pointersOf(reply), pointers.sort(), reply.request)
}

const pointersOf = ({ body }: Reply): string[] =>
  [...new Set<string>(body.errors?.map((error: { pointer: string }) => error.pointer))].sort()

/** Fails unless the response is 204 without a body. */
export function expectDone(reply: Reply): void {
  expectStatus(reply, 204)
}

/** Fails unless the response is a user with exactly the public keys, and these values. */
export function expectUser(reply: Reply, status: number, fields: object = {}): void {
  expectStatus(reply, status)
  expectKeys(reply.body, USER_KEYS)
  deepEqual({ ...reply.body, ...fields }, reply.body, reply.request)
}

/** Fails unless the response is a list of sessions with exactly their public keys. */
export function expectSessions(reply: Reply): void {
  expectStatus(reply, 200)
  for (const session of reply.body.items) expectKeys(session, SESSION_KEYS)
}

/** Fails unless `value` has exactly these keys. */
export function expectKeys(value: object, keys: string[]): void {
  deepEqual(Object.keys(value).sort(), [...keys].sort())
}

/** Fails unless the member's token works. */
export async function expectSignedIn({ id, call }: Member): Promise<void> {
  expectUser(await call('GET /me'), 200, { id })
}

/** Fails unless the member's token is refused. */
export async function expectSignedOut({ call }: Member): Promise<void> {
  expectProblem(await call('GET /me'), 'unauthenticated')
}

/** Fails if a secret is anywhere in the response. */
export function expectNoSecret(reply: Reply, ...secrets: string[]): void {
  for (const secret of secrets) ok(!reply.text.includes(secret), `${reply.request} shows ${secret}`)
}

/** Returns the path of the next page, as the `Link` header has it. */
export const nextOf = ({ headers }: Reply): string | undefined =>
  /^<(.*)>; rel="next"$/.exec(headers.get('Link') ?? '')?.[1]
