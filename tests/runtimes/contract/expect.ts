import { deepEqual, equal, match, ok } from 'node:assert/strict'
import type { CuttingProxy } from '../../support/cutting-proxy.ts'
import { type Answer, isProblem as isWellFormed } from '../../support/exchange.ts'
import type { Api } from '../client.ts'

/** What callers may rely on, each under a sentence. A scenario that throws has failed. */
export type Scenarios = Record<string, (api: Api, database: CuttingProxy) => Promise<void>>

/** Fails unless `answer` is a problem with this status, in RFC 9457's form and with the headers that belong to it. */
export function isProblem(answer: Answer, status: number): void {
  equal(answer.status, status, answer.text)
  ok(isWellFormed(answer), `no problem as the contract has it: ${answer.text}`)
  if (status === 401) equal(answer.headers.get('WWW-Authenticate'), 'Bearer')
  if (status === 429 || status === 503) match(answer.headers.get('Retry-After') ?? '', /^[1-9]\d*$/)
}

/** Fails unless `answer` is a problem with this status that names exactly `pointers`, in any order. */
export function rejects(answer: Answer, status: number, ...pointers: string[]): void {
  isProblem(answer, status)
  const named = answer.body.errors.map((error: { pointer: string }) => error.pointer)
  deepEqual([...new Set(named)].sort(), pointers.sort())
}
