import { describe, expect, test } from 'bun:test'
import { app } from '../src/app.ts'
import { operationsOf } from '../src/http/operations.ts'
import { faultsOf } from '../tools/openapi/check.ts'
import { openApiDocument } from '../tools/openapi/document.ts'
import { call, services } from './support/http.ts'

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the document has, and asserts what it is
type Json = any
const document = (await openApiDocument()) as Json
const operations: Json[] = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
  Object.entries<Json>(methods).map(([method, operation]) => ({
    ...operation,
    name: `${method.toUpperCase()} ${path}`,
  })),
)

describe('the document', () => {
  test('has every operation of the contract', () => {
    expect(Object.keys(document)).toEqual(['openapi', 'info', 'servers', 'paths', 'components'])
    // Containing, since a clone adds resources of its own.
    const contract = [
      'DELETE /me',
      'DELETE /sessions/current',
      'DELETE /sessions/{id}',
      'DELETE /users/{id}',
      'GET /health',
      'GET /me',
      'GET /ready',
      'GET /sessions',
      'GET /users',
      'GET /users/{id}',
      'PATCH /me',
      'PATCH /users/{id}',
      'POST /sessions',
      'POST /users',
      'PUT /me/password',
    ]
    expect(operations.map(({ name }) => name)).toEqual(expect.arrayContaining(contract))
  })

  test('has every operation but those that serve the document itself and pages', () => {
    const undescribed = operationsOf(app as never).filter(({ id }) => !id)
    expect(
      undescribed
        .map(({ path }) => path)
        .filter((path) => !/^\/(docs|account|openapi\.json|favicon\.ico|$)/.test(path)),
    ).toEqual([])
  })

  test('names every body, so that generated clients have a type for it', () => {
    const media = operations.flatMap(({ requestBody, responses }) =>
      [requestBody, ...Object.values<Json>(responses)].flatMap((it) =>
        Object.values<Json>(it?.content ?? {}),
      ),
    )
    expect(media.map(({ schema }) => schema)).toEqual(
      media.map(() => ({ $ref: expect.stringMatching(/^#\/components\/schemas\/[A-Z]\w+$/) })),
    )
    const names = [
      'User',
      'UserPage',
      'NewUser',
      'UserPatch',
      'Session',
      'SessionPage',
      'SignedIn',
      'Problem',
    ]
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(names))
  })

  test('has an example of every body', () => {
    const { schemas } = document.components
    const bodies = operations.flatMap(
      ({ requestBody }) => requestBody?.content['application/json'].schema.$ref ?? [],
    )
    for (const name of [
      'User',
      'UserPage',
      'Session',
      'Problem',
      ...bodies.map((ref) => ref.split('/').pop()),
    ])
      expect([name, schemas[name].examples]).toEqual([name, [expect.any(Object)]])
  })

  test('lists the statuses and headers of an operation', () => {
    const { post, get } = document.paths['/users']
    const statuses = '201 400 401 403 408 409 413 415 422 429 503 default'
    expect(Object.keys(post.responses)).toEqual(statuses.split(' '))
    expect(Object.keys(post.responses[201].headers)).toEqual(['X-Request-Id', 'Location'])
    expect(Object.keys(get.responses[200].headers)).toEqual(['X-Request-Id', 'Link'])
    const { responses } = document.components
    const headersOf = (response: Json) => Object.keys(responses[response.$ref.split('/').pop()].headers)
    expect(headersOf(post.responses[401])).toEqual(['X-Request-Id', 'WWW-Authenticate'])
    expect(headersOf(post.responses[429])).toEqual(['X-Request-Id', 'Retry-After'])
    expect(headersOf(post.responses.default)).toEqual(['X-Request-Id', 'Allow'])
    const [, only] = responses.BadCredentials.content['application/problem+json'].schema.allOf
    const type = { enum: ['urn:hearth:problem:bad_credentials'] }
    expect(only).toEqual({ properties: { type, status: { const: 401 } } })
  })

  test('describes what comes in as the server checks it', () => {
    const { NewUser, Username, UserPatch, User } = document.components.schemas
    expect([NewUser.required, NewUser.additionalProperties]).toEqual([['username'], false])
    expect([UserPatch.required, UserPatch.minProperties]).toEqual([undefined, 1])
    expect(Username).toMatchObject({ minLength: 3, maxLength: 32, pattern: expect.any(String) })
    expect(User.properties.id).toEqual({ type: 'integer', minimum: 1, maximum: 2 ** 31 - 1 })
    expect(User).not.toHaveProperty('additionalProperties') // a later version may add fields
    const [limit, ...others] = document.paths['/users'].get.parameters
    expect(limit.schema).toEqual({ type: 'integer', minimum: 1, maximum: 100, default: 20 })
    expect(others.map(({ name }: Json) => name)).toEqual([
      'cursor',
      'sort',
      'q',
      'email',
      'role',
      'suspended',
    ])
  })

  test('has an id for each operation, and the segment as its tag', () => {
    const ids = operations.map(({ operationId }) => operationId)
    expect(ids).toEqual([...new Set(ids)])
    expect(document.paths['/me/password'].put).toMatchObject({ operationId: 'changePassword', tags: ['me'] })
    expect(document.paths['/users'].get.security).toEqual([{ token: [] }])
    expect(document.paths['/sessions'].post.security).toEqual([])
    expect(document.paths['/users'].post.security).toEqual([{}, { token: [] }])
  })
})

describe('the settings', () => {
  test('change the document: the password minimum is reported once', async () => {
    const settings = { with: services({ passwordMinLength: 15 }) }
    const { body } = await call('GET /openapi.json', settings)
    expect(body.components.schemas.Password.minLength).toBe(15)
    for (const password of ['12345', '1234567890']) {
      const refused = await call('POST /users', { body: { username: 'alice', password }, ...settings })
      const errors = [{ pointer: '/password', detail: 'must have at least 15 characters' }]
      expect([refused.status, refused.body.errors]).toEqual([422, errors])
    }
  })

  test('close registration in the document as well', async () => {
    const { paths } = (await openApiDocument({ registration: 'closed' })) as Json
    expect(paths['/users'].post.security).toEqual([{ token: [] }])
  })
})

test('the checkers of `make check` find faults', async () => {
  const broken = (await openApiDocument()) as Json
  broken.paths['/users'].post.operationId = 'listUsers'
  broken.paths['/users'].get.responses['200'].description = 5
  const faults = (await faultsOf(broken)).map((fault) => fault.split(/[ :]/)[0])
  expect([...new Set(faults)].sort()).toEqual(['Redocly', 'hyperjump', 'seriousme'])
}, 60_000)
