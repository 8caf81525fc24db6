import type { Api } from './api.ts'
import type { Operations } from './client.ts'
import type { Contract } from './contract.ts'
import type { Success } from './response.ts'

export { type Client, createClient, type Operations, type Options } from './client.ts'
export { type FieldError, isProblem, type Problem, ProblemError } from './problem.ts'
export { each, ok, type Success } from './response.ts'
export type { Fetch, Retries } from './retry.ts'
export type { Api, Contract }

type Responses<Operation extends (...args: never[]) => unknown> = Success<Awaited<ReturnType<Operation>>>

/** A user, as responses show one. */
export type User = Responses<Operations['me']['$get']>

/** One of the caller's sessions. */
export type Session = Responses<Operations['sessions']['$get']>['items'][number]
