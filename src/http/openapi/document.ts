import type { Hono } from 'hono'
import type * as z from 'zod'
import type { Config } from '../../config.ts'
import type { Env } from '../env.ts'
import { type Operation, operationsOf } from '../operations.ts'
import { oncePerConfig } from '../per-config.ts'
import { headers, problemResponses, successResponse } from './responses.ts'
import { type Convert, type JsonSchema, schemaComponents } from './schemas.ts'

/** An OpenAPI document, as far as its readers in TypeScript know it. */
export type OpenApi = {
  openapi: string
  info: { title: string; version: string }
  paths: Record<string, Record<string, unknown>>
  components: Record<string, Record<string, unknown>>
}

/**
 * Returns a function that describes the operations of `app` in OpenAPI 3.1, from the schemas that its handlers validate and
 * respond with. The document follows the settings, and is built once for each `Config`.
 */
export const openApiOf = (app: () => Pick<Hono<Env>, 'routes'>): ((config: Config) => OpenApi) =>
  oncePerConfig((config) => build(operationsOf(app()), config))

const INFO = {
  title: 'Hearth',
  version: '1',
  description: 'Users and their sessions.',
  license: { name: 'MIT', identifier: 'MIT' },
}

const TOKEN = { type: 'http', scheme: 'bearer', description: 'The token of a session: see `POST /sessions`.' }

function build(operations: Operation[], config: Config): OpenApi {
  const { schemas, convert } = schemaComponents()
  const responses: Record<string, object> = {}
  const paths: OpenApi['paths'] = {}
  for (const operation of operations) {
    if (!operation.id) continue
    const template = operation.path.replace(/:(\w+)/g, '{$1}')
    const errors = problemResponses(operation.errors, convert)
    Object.assign(responses, errors.components)
    paths[template] ??= {}
    paths[template][operation.method.toLowerCase()] = {
      ...namesOf(operation),
      security: securityOf(operation, config),
      ...requestOf(operation, config, convert),
      responses: { ...successResponse(operation, convert), ...errors.references },
    }
  }
  const document = {
    openapi: '3.1.1',
    info: INFO,
    servers: [{ url: '.' }], // the address of the document without its last segment, also behind a proxy
    paths,
    components: { schemas, responses, headers, securitySchemes: { token: TOKEN } },
  }
  return JSON.parse(JSON.stringify(document).replaceAll('"#/$defs/', '"#/components/schemas/'))
}

const namesOf = ({ id, summary, description, tag, path }: Operation) => ({
  operationId: id,
  summary,
  ...(description && { description }),
  tags: [tag ?? path.split('/')[1]],
})

function securityOf({ access, isClosed }: Operation, config: Config): object[] {
  const token = { token: [] }
  if (isClosed?.(config)) return [token]
  if (access === 'maybe signed in') return [{}, token]
  return access === 'anyone' ? [] : [token]
}

function requestOf({ params, query, body }: Operation, config: Config, convert: Convert) {
  const schema = typeof body === 'function' ? body(config) : body
  return {
    parameters: [...parameters('path', params, convert), ...parameters('query', query, convert)],
    ...(schema && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: convert(schema, 'input') } },
      },
    }),
  }
}

function parameters(place: 'path' | 'query', schema: z.ZodObject | undefined, convert: Convert) {
  const properties = schema ? (convert(schema, 'input').properties as Record<string, JsonSchema>) : {}
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: place,
    required: place === 'path',
    ...(description !== undefined && { description }),
    schema,
  }))
}
