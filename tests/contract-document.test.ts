import { expect, test } from 'bun:test'
import { contradictions, readDocument } from './contract/document.ts'
import type { Answer } from './support/exchange.ts'
import { keysOf } from './support/exchange.ts'

// The check that holds every response of the contract against the app's OpenAPI document, on a made-up document.

const json = (schema: object) => ({ content: { 'application/json': { schema } } })
const string = { type: 'string' }
const Note = { type: 'object', required: ['id'], properties: { id: { type: 'integer' }, text: string } }
const document = readDocument(
  JSON.stringify({
    paths: {
      '/notes/{id}': {
        get: { responses: { 200: json({ $ref: '#/components/schemas/Note' }) } },
        delete: { responses: { 204: {} } },
      },
      '/notes/newest': {
        get: {
          responses: {
            200: { ...json(string), headers: { Age: { required: true, schema: { type: 'integer' } } } },
          },
        },
      },
    },
    components: {
      schemas: { Note, Problem: { type: 'object', required: ['type'], properties: { type: string } } },
    },
  }),
)

const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Content-Security-Policy': "default-src 'self'; object-src 'none'; form-action 'none'",
  'Strict-Transport-Security': 'max-age=31536000',
  'Cache-Control': 'no-store',
  'X-Request-Id': 'abc',
}

function answer(status: number, body?: unknown, headers: Record<string, string> = {}): Answer {
  const type: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' }
  const text = body === undefined ? '' : JSON.stringify(body)
  return { status, headers: new Headers({ ...HEADERS, ...type, ...headers }), body, text, keys: keysOf(body) }
}

const problem = (status: number, headers: Record<string, string> = {}, changes: object = {}) => {
  const fields = { type: 'x', title: 'x', status, detail: 'x', instance: '/notes/1', requestId: 'abc' }
  return answer(status, { ...fields, ...changes }, { 'Content-Type': 'application/problem+json', ...headers })
}

test.each([
  ['GET', '/notes/1?x#y', answer(200, { id: 1, text: 'a' })],
  ['HEAD', '/notes/1', answer(200)],
  ['DELETE', '/notes/1', answer(204)],
  ['OPTIONS', '/notes/1', answer(204, undefined, { Allow: 'DELETE, GET, HEAD' })],
  ['GET', '/notes/newest', answer(200, 'a', { Age: '5' })],
])('accepts %s %s as documented', (method, path, response) => {
  expect(contradictions(document, method, path, response)).toEqual([])
})

test.each([
  [
    'an undocumented status',
    'GET',
    '/notes/1',
    answer(201, { id: 1 }),
    'the status is not documented, only 200',
  ],
  ['an undocumented route', 'GET', '/other', answer(200, {}), 'the status is not documented, only 404'],
  ['another key', 'GET', '/notes/1', answer(200, { id: 1, hash: 'x' }), 'body #: Property "hash"'],
  [
    'a missing key',
    'GET',
    '/notes/1',
    answer(200, { text: 'a' }),
    'body #: Instance does not have required property "id"',
  ],
  [
    'another type',
    'GET',
    '/notes/1',
    answer(200, { id: '1' }),
    'body #/id: Instance type "string" is invalid',
  ],
  [
    'another content type',
    'GET',
    '/notes/1',
    answer(200, { id: 1 }, { 'Content-Type': 'text/html' }),
    'the content type is text/html, not application/json',
  ],
  ['no body', 'GET', '/notes/1', answer(200), 'the content type is none, not application/json'],
  ['a body that should not be', 'DELETE', '/notes/1', answer(204, {}), 'there is a body: {}'],
  ['a body of HEAD', 'HEAD', '/notes/1', answer(200, { id: 1 }), 'there is a body: {"id":1}'],
  ['a missing header', 'GET', '/notes/newest', answer(200, 'a'), 'the header Age is missing'],
  [
    'a header of another type',
    'GET',
    '/notes/newest',
    answer(200, 'a', { Age: 'old' }),
    'the header Age is old:',
  ],
  [
    'a header that all have',
    'GET',
    '/notes/1',
    answer(200, { id: 1 }, { 'Cache-Control': 'public' }),
    'the header Cache-Control is public',
  ],
  [
    'an error that is not a problem',
    'PUT',
    '/notes/1',
    answer(405, {}, { Allow: 'GET, DELETE, HEAD' }),
    'this is not a complete problem: {}',
  ],
  [
    'a problem about another path',
    'PUT',
    '/notes/1',
    problem(405, {}, { instance: '/x' }),
    'the instance is /x',
  ],
  [
    'a problem with a secret',
    'PUT',
    '/notes/1',
    problem(405, {}, { stack: 'x' }),
    'this is not a complete problem',
  ],
  ['405 without Allow', 'PUT', '/notes/1', problem(405), 'the header Allow is missing'],
  [
    '405 with other methods',
    'PUT',
    '/notes/1',
    problem(405, { Allow: 'GET, HEAD' }),
    'the header Allow is GET, HEAD, the document has DELETE, GET, HEAD',
  ],
  ['401 without a challenge', 'GET', '/notes/1', problem(401), 'the header WWW-Authenticate is null'],
] as const)('refuses %s', (_, method, path, response, fault) => {
  const faults = contradictions(document, method, path, response)
  const route = path.replace('/1', '/{id}')
  expect(faults).toContainEqual(expect.stringContaining(`${method} ${route} → ${response.status}: ${fault}`))
})
