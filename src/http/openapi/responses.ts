import * as z from 'zod'
import type { ErrorCode } from '../../errors.ts'
import type { Operation } from '../operations.ts'
import { isPage } from '../pages.ts'
import { problems, typeOf } from '../problem.ts'
import type { Convert, JsonSchema } from './schemas.ts'

const codes = Object.keys(problems) as ErrorCode[]

/** The schema of every error's body. */
const Problem = z
  .object({
    type: z.enum(codes.map(typeOf)).meta({ description: 'The error code, for programs.' }),
    title: z.string(),
    status: z.int().meta({ openapi: { type: 'integer', minimum: 400, maximum: 599 } }),
    detail: z.string().meta({ description: 'What went wrong, for people.' }),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .max(20)
      .optional()
      .meta({ description: 'The rejected parts of the body or the query, by JSON pointer (RFC 6901).' }),
    instance: z.string().meta({ description: 'The path of the request.' }),
    requestId: z.string().meta({ description: 'The X-Request-Id of the response.' }),
  })
  .meta({
    id: 'Problem',
    description: 'An error (RFC 9457).',
    examples: [
      {
        type: typeOf('conflict'),
        title: problems.conflict.title,
        status: 409,
        detail: 'This username is already taken.',
        errors: [{ pointer: '/username', detail: 'is already taken' }],
        instance: '/users',
        requestId: '9b2c52fb-7b0c-4f0c-8f5b-2f3f0f0d8a52',
      },
    ],
  })

const header = (description: string, schema: JsonSchema = { type: 'string' }, required = true) => ({
  description,
  required,
  schema,
})

/** The headers that several responses have. */
export const headers: Record<string, object> = {
  'X-Request-Id': header('The id of the request: the one that was sent, or a new one.'),
  'WWW-Authenticate': header(
    'The scheme to authenticate with (RFC 6750), and how recent a proof must be (RFC 9470).',
    { type: 'string', pattern: '^Bearer( |$)' },
  ),
  'Retry-After': header('Seconds to wait before another attempt.', { type: 'integer', minimum: 1 }),
  Link: header('The address of the next page, if there is one (RFC 8288).', { type: 'string' }, false),
  Allow: header('On status 405: the methods that the address has.', { type: 'string' }, false),
}

const referring = (...names: string[]) =>
  Object.fromEntries(
    ['X-Request-Id', ...names].map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  )

/** Returns the response of an operation that succeeds. */
export function successResponse({ success, headers = {} }: Operation, convert: Convert) {
  if (!success) return {}
  const { status, schema } = success
  const added = Object.entries(headers).map(([name, description]) => [name, header(description)])
  return {
    [status]: {
      description: status === 201 ? 'Created' : status === 204 ? 'Done' : 'OK',
      headers: { ...referring(...(schema && isPage(schema) ? ['Link'] : [])), ...Object.fromEntries(added) },
      ...(schema && { content: { 'application/json': { schema: convert(schema, 'output') } } }),
    },
  }
}

const HEADER_OF: Record<number, string> = { 401: 'WWW-Authenticate', 429: 'Retry-After', 503: 'Retry-After' }

/** Returns a reference to a response for each status of `codes`, and the components that are referred to. */
export function problemResponses(codes: ErrorCode[], convert: Convert) {
  const references: Record<string, object> = { default: { $ref: '#/components/responses/Unexpected' } }
  const components: Record<string, object> = {
    Unexpected: {
      description:
        'Any other error: an unknown address (404) or method (405), or a fault of the server (500)',
      headers: referring('Allow'),
      content: { 'application/problem+json': { schema: convert(Problem, 'output') } },
    },
  }
  for (const [status, sameStatus] of Map.groupBy(new Set(codes), (code) => problems[code].status)) {
    const name = sameStatus.map(inPascalCase).join('Or')
    const only = { properties: { type: { enum: sameStatus.map(typeOf) }, status: { const: status } } }
    references[status] = { $ref: `#/components/responses/${name}` }
    components[name] = {
      description: sameStatus.map((code) => problems[code].title).join('; '),
      headers: referring(...[HEADER_OF[status] ?? []].flat()),
      content: { 'application/problem+json': { schema: { allOf: [convert(Problem, 'output'), only] } } },
    }
  }
  return { references, components }
}

const inPascalCase = (code: string) =>
  code.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
