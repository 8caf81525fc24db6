import type { ClientResponse } from 'hono/client'
import type { SuccessStatusCode } from 'hono/utils/http-status'
import { type Problem, ProblemError } from './problem.ts'

/** The body of the success among the responses of an operation. */
export type Success<Response> =
  Response extends ClientResponse<infer Body, infer Status, string>
    ? Status extends SuccessStatusCode
      ? Body
      : never
    : never

/** Returns the body of a success, null if it has none. Throws `ProblemError` for every other response. */
export async function ok<Response extends ClientResponse<unknown, number, string>>(
  pending: Response | Promise<Response>,
): Promise<Success<Response>> {
  const response = await pending
  if (!response.ok) throw new ProblemError(await problemOf(response))
  return (response.status === 204 ? null : await response.json()) as Success<Response>
}

// A proxy in between may respond with anything.
async function problemOf(response: ClientResponse<unknown, number, string>): Promise<Problem> {
  const isProblem = response.headers.get('Content-Type')?.startsWith('application/problem+json')
  if (isProblem) return (await response.json()) as Problem
  return {
    type: 'urn:hearth:problem:unexpected_response',
    title: 'Unexpected response',
    status: response.status,
    detail:
      `The server, or a proxy before it, responded with ${response.status} ${response.statusText}`.trim(),
    instance: URL.canParse(response.url) ? new URL(response.url).pathname : '/',
    requestId: response.headers.get('X-Request-Id') ?? '',
  }
}

type Page = { items: unknown[]; nextCursor: string | null }
type Item<Response> = Success<Response> extends { items: (infer Each)[] } ? Each : never

/**
 * Walks a list item by item, and requests a page when it is needed. `list` requests one page: it must pass `cursor` on in the
 * query. Throws `ProblemError`.
 */
export async function* each<Response extends ClientResponse<unknown, number, string>>(
  list: (page: { cursor?: string }) => Promise<Response>,
): AsyncGenerator<Item<Response>, void> {
  let page: { cursor?: string } | null = {}
  while (page) {
    const { items, nextCursor } = (await ok(list(page))) as Page
    yield* items as Item<Response>[]
    page = nextCursor === null ? null : { cursor: nextCursor }
  }
}
