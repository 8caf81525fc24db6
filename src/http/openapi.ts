import type { Hono } from 'hono'
import * as z from 'zod'
import type { Config } from '../config.ts'
import type { ErrorCode } from '../errors.ts'
import type { Env } from './env.ts'
import { type Description, type Operation, operationsOf } from './operations.ts'
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

/** Describes the operations of `app` in OpenAPI 3.1, from the schemas that its handlers validate and respond with. */
export function openApi(app: Pick<Hono<Env>, 'routes'>, config: Config) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of operationsOf(app)) {
    if (!operation.summary) continue
    const template = operation.path.replace(/:(\w+)/g, '{$1}')
    paths[template] ??= {}
    paths[template][operation.method.toLowerCase()] = operationObject(operation, config)
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

function operationObject(
  { summary, success, access, params, query, body, errors }: Operation,
  config: Config,
) {
  return {
    summary,
    ...(access !== 'anyone' && { security: [{ token: [] }] }),
    parameters: [...parameters('path', params), ...parameters('query', query)],
    ...(body && {
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: jsonSchema(typeof body === 'function' ? body(config) : body, 'input'),
          },
        },
      },
    }),
    responses: {
      ...(success && { [success.status]: successResponse(success) }),
      ...problemResponses([...(errors ?? []), 'invalid', 'unavailable']), // each refuses unknown query keys
    },
  }
}

function parameters(place: 'path' | 'query', schema: z.ZodObject | undefined) {
  if (!schema) return []
  const { properties = {} } = jsonSchema(schema, 'input')
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path',
    schema,
  }))
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

// A schema that transforms what comes in can say by its metadata `openapi` how JSON Schema describes it best.
function jsonSchema(schema: z.ZodType, io: 'input' | 'output') {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const { openapi } = z.globalRegistry.get(zodSchema) ?? {}
      if (!openapi) return
      for (const key in jsonSchema) delete jsonSchema[key]
      Object.assign(jsonSchema, openapi)
    },
  })
  return rest
}
