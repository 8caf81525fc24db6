import { describe, expect, test } from 'bun:test'
import { call, services } from './support/http.ts'

describe('the description', () => {
  test('knows every operation of the contract, and every status it can answer', async () => {
    const { status, keys, body } = await call('GET /openapi.json')
    expect([status, keys, body.openapi]).toEqual([200, ['components', 'info', 'openapi', 'paths'], '3.1.0'])
    const operations = Object.entries<Record<string, { responses: object; security?: unknown }>>(
      body.paths,
    ).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
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
    expect(operations).toEqual(expect.arrayContaining(contract))
    expect(Object.keys(body.paths['/users'].post.responses).sort()).toEqual([
      '201',
      '400',
      '401',
      '403',
      '409',
      '413',
      '415',
      '422',
      '429',
      '503',
    ])
    for (const { post, put } of ['/users', '/sessions', '/me/password'].map((path) => body.paths[path]))
      expect(Object.keys((post ?? put).responses[429].headers)).toEqual(['Retry-After'])
    expect(Object.keys(body.paths['/users/{id}'].patch.responses).sort()).toEqual([
      '200',
      '400',
      '401',
      '403',
      '404',
      '409',
      '413',
      '415',
      '422',
      '503',
    ])
    const { properties, additionalProperties } =
      body.paths['/users'].post.requestBody.content['application/json'].schema
    expect(Object.keys(properties)).toEqual(['username', 'email', 'password'])
    expect([properties.username.minLength, properties.password.minLength, additionalProperties]).toEqual([
      3,
      6,
      false,
    ])
    const patch = body.paths['/me'].patch.requestBody.content['application/json'].schema
    expect([patch.required, patch.minProperties]).toEqual([undefined, 1])
    expect(body.paths['/users'].get.parameters.map(({ name }: { name: string }) => name)).toEqual([
      'limit',
      'cursor',
      'sort',
      'q',
    ])
  })

  test('follows the password minimum of the settings, which is reported once', async () => {
    const settings = { with: services({ passwordMinLength: 15 }) }
    const { body } = await call('GET /openapi.json', settings)
    const { schema } = body.paths['/users'].post.requestBody.content['application/json']
    expect(schema.properties.password.minLength).toBe(15)
    for (const password of ['12345', '1234567890']) {
      const refused = await call('POST /users', { body: { username: 'alice', password }, ...settings })
      const errors = [{ pointer: '/password', detail: 'must have at least 15 characters' }]
      expect([refused.status, refused.body.errors]).toEqual([422, errors])
    }
  })
})
