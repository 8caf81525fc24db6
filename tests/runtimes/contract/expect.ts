import { deepEqual, equal, match } from 'node:assert/strict'
import type { Answer, Api } from '../client.ts'

/** What callers may rely on, each under a sentence. A scenario that throws has failed. */
export type Scenarios = Record<string, (api: Api) => Promise<void>>

/** The keys of a user and of a session, as the contract lists them. */
export const USER_KEYS = ['createdAt', 'email', 'id', 'role', 'suspended', 'updatedAt', 'username']
export const SESSION_KEYS = ['createdAt', 'current', 'id', 'ip', 'lastUsedAt', 'userAgent']
const PROBLEM_KEYS = ['detail', 'instance', 'requestId', 'status', 'title', 'type']

/** Fails unless `answer` is a problem with this status, in RFC 9457's form and with the headers that belong to it. */
export function isProblem(answer: Answer, status: number): void {
  equal(answer.status, status, answer.text)
  equal(answer.headers.get('Content-Type'), 'application/problem+json')
  deepEqual(
    answer.keys.filter((key) => key !== 'errors'),
    PROBLEM_KEYS,
  )
  equal(answer.body.status, status)
  equal(answer.body.requestId, answer.headers.get('X-Request-Id'))
  if (status === 401) equal(answer.headers.get('WWW-Authenticate'), 'Bearer')
  if (status === 429 || status === 503) match(answer.headers.get('Retry-After') ?? '', /^[1-9]\d*$/)
}

/** Fails unless `answer` is a problem with this status that names exactly `pointers`, in any order. */
export function rejects(answer: Answer, status: number, ...pointers: string[]): void {
  isProblem(answer, status)
  const named = answer.body.errors.map((error: { pointer: string }) => error.pointer)
  deepEqual([...new Set(named)].sort(), pointers.sort())
}
