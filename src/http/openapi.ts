import type { Hono } from 'hono'
import * as z from 'zod'
import type { ErrorCode } from '../errors.ts'
import { type Description, descriptionOf } from './describe.ts'
import type { Env } from './env.ts'
import { problems } from './problem.ts'

/** The schema of every error's body. */
const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  instance: z.string(),
  requestId: z.string(),
})

/** Describes every route of `app` in OpenAPI 3.1, from the schemas that its handlers validate and answer with. */
export function openApi(app: Hono<Env>) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [key, description] of operationsOf(app)) {
    const [method = '', path = ''] = key.split(' ')
    const template = path.replace(/:(\w+)/g, '{$1}')
    paths[template] ??= {}
    paths[template][method.toLowerCase()] = operationObject(template, description)
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Hearth', version: '1', description: 'Users and their sessions.' },
    paths,
    components: {
      schemas: { Problem: z.toJSONSchema(Problem) },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  }
}

// A route is registered once for each of its handlers; together they describe one operation.
function operationsOf(app: Hono<Env>): Map<string, Description> {
  const operations = new Map<string, Description>()
  for (const { method, path, handler } of app.routes) {
    if (method === 'ALL') continue
    const key = `${method} ${path}`
    const known = operations.get(key) ?? {}
    const found = descriptionOf(handler)
    operations.set(key, { ...known, ...found, errors: [...(known.errors ?? []), ...(found.errors ?? [])] })
  }
  for (const [key, { summary }] of operations) if (!summary) operations.delete(key)
  return operations
}

function operationObject(path: string, { summary, success, body, query, signedIn, errors }: Description) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'integer', minimum: 1 },
  }))
  return {
    summary,
    ...(signedIn && { security: [{ token: [] }] }),
    parameters: [...inPath, ...queryParameters(query)],
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body, 'input') } } },
    }),
    responses: {
      ...(success && { [success.status]: successResponse(success) }),
      ...problemResponses([...(errors ?? []), 'unavailable']),
    },
  }
}

function queryParameters(query: z.ZodObject | undefined) {
  if (!query) return []
  const { properties = {} } = jsonSchema(query, 'input')
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }))
}

function successResponse({ status, schema }: NonNullable<Description['success']>) {
  const description = status === 201 ? 'Created' : status === 204 ? 'Done' : 'OK'
  return schema
    ? { description, content: { 'application/json': { schema: jsonSchema(schema, 'output') } } }
    : { description }
}

const RETRY_AFTER = {
  'Retry-After': {
    description: 'Seconds until a retry makes sense',
    schema: { type: 'integer', minimum: 1 },
  },
}

function problemResponses(codes: ErrorCode[]) {
  const byStatus = Map.groupBy(new Set(codes), (code) => problems[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, sameStatus]) => [
      status,
      {
        description: sameStatus.map((code) => problems[code].title).join('; '),
        ...((status === 429 || status === 503) && { headers: RETRY_AFTER }),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output') {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}
