import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema'
import type { Answer } from '../support/exchange.ts'
import { commonFaults } from './every-response.ts'

type Content = Record<string, { schema?: Schema }>
type Header = { required?: boolean; schema?: Schema }
type Responses = Record<string, { content?: Content; headers?: Record<string, Header> }>
type Request = { content: Record<string, { schema: Schema }> }
type Operation = { operationId?: string; security?: object[]; requestBody?: Request; responses: Responses }
type Operations = Record<string, Operation>

/** The part of an OpenAPI document that says what the app responds. */
export type OpenApi = { paths: Record<string, Operations>; components: { schemas: Record<string, Schema> } }

const problem = {
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}
const page = (type: string): Operations => ({
  get: { responses: { 200: { content: { [type]: {} } }, 422: problem } },
})

// The document does not describe itself, nor the pages for people.
const PAGES: Record<string, Operations> = {
  '/docs': page('text/html'),
  '/': { get: { responses: { 200: { content: { 'application/json': {} } }, 302: {}, 422: problem } } },
  '/favicon.ico': page('image/svg+xml'),
  '/docs/icon.svg': page('image/svg+xml'),
  '/docs/page.css': page('text/css'),
  '/docs/page.js': page('text/javascript'),
  '/account': page('text/html'),
  '/account/page.css': page('text/css'),
  '/account/page.js': page('text/javascript'),
  '/docs/dom.js': page('text/javascript'),
  '/docs/operation.js': page('text/javascript'),
  '/docs/request.js': page('text/javascript'),
  '/docs/schema.js': page('text/javascript'),
  '/openapi.json': page('application/json'),
}

/**
 * The document as the app serves it, with every object closed: a key that the document does not name is a contradiction.
 * References to responses and headers are replaced by what they refer to.
 */
export function readDocument(text: string): OpenApi {
  const close = (_: string, value: { type?: string; properties?: object } | null) =>
    value?.type === 'object' && value.properties ? { additionalProperties: false, ...value } : value
  const { components } = JSON.parse(text)
  return JSON.parse(inlined(inlined(text, components), components), close)
}

const inlined = (text: string, components: Record<string, Record<string, object>>) =>
  text.replace(/\{"\$ref":"#\/components\/(responses|headers)\/([\w-]+)"\}/g, (_, kind, name) =>
    JSON.stringify(components[kind]?.[name]),
  )

/**
 * Returns every difference between a response and the document (status, content type, headers, body), and what all
 * responses have in common; empty if there is none. Each begins with the route and the status.
 */
export function contradictions(document: OpenApi, method: string, path: string, answer: Answer): string[] {
  const request = new Request(`http://hearth.test${path}`, { method }) // as `fetch` normalises it
  const { pathname } = new URL(request.url)
  const route = routeOf(document, pathname)
  const operations = document.paths[route] ?? PAGES[route]
  const responses = responsesOf(operations, request.method)
  const response = responses[answer.status]
  const faults = [
    ...commonFaults(request.method, pathname, answer),
    ...allowFaults(operations, answer),
    ...(response
      ? [
          ...headerFaults(response.headers ?? {}, answer),
          ...bodyFaults(document, request.method, response.content, answer),
        ]
      : [`the status is not documented, only ${Object.keys(responses).join(', ')}: ${answer.text}`]),
  ]
  return faults.map((fault) => `${request.method} ${route} → ${answer.status}: ${fault}`)
}

// Literal segments come before parameters: /sessions/current is not /sessions/{id}.
function routeOf({ paths }: OpenApi, pathname: string): string {
  const templates = Object.keys(paths).sort((a, b) => a.split('{').length - b.split('{').length)
  const pattern = (template: string) => new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`)
  return templates.find((template) => pattern(template).test(pathname)) ?? pathname
}

function responsesOf(operations: Operations | undefined, method: string): Responses {
  if (!operations) return { 404: problem }
  if (method === 'OPTIONS') return { 204: {} }
  const [, operation] = Object.entries(operations).find(([name]) => isServedBy(name, method)) ?? []
  return operation?.responses ?? { 405: problem }
}

const isServedBy = (name: string, method: string) =>
  name.toUpperCase() === method || (name === 'get' && method === 'HEAD')

// RFC 9110, section 15.5.6: a 405 names the methods that the resource has.
function allowFaults(operations: Operations = {}, { status, headers }: Answer): string[] {
  const allow = headers.get('Allow')
  if (allow === null) return status === 405 ? ['the header Allow is missing'] : []
  const documented = Object.keys(operations).map((name) => name.toUpperCase())
  if (documented.includes('GET')) documented.push('HEAD')
  const isSame = allow.split(', ').sort().join() === documented.sort().join()
  return isSame ? [] : [`the header Allow is ${allow}, the document has ${documented.join(', ')}`]
}

function headerFaults(documented: Record<string, Header>, { headers }: Answer): string[] {
  return Object.entries(documented).flatMap(([name, { required, schema = {} }]) => {
    const value = headers.get(name)
    if (value === null) return required ? [`the header ${name} is missing`] : []
    const isNumber = schema.type === 'integer' || schema.type === 'number'
    const { errors } = new Validator(schema, '2020-12').validate(isNumber ? Number(value) : value)
    return errors.map(({ error }) => `the header ${name} is ${value}: ${error}`)
  })
}

function bodyFaults(
  document: OpenApi,
  method: string,
  content: Content | undefined,
  answer: Answer,
): string[] {
  if (!content || method === 'HEAD') return answer.text === '' ? [] : [`there is a body: ${answer.text}`]
  const [type = ''] = (answer.headers.get('Content-Type') ?? 'none').split(';')
  const media = content[type.toLowerCase()]
  if (!media) return [`the content type is ${type}, not ${Object.keys(content).join(', ')}`]
  if (!media.schema) return []
  const { components } = document // for the schema's references
  const { errors } = new Validator({ ...media.schema, components }, '2020-12', false).validate(answer.body)
  const leaves = errors.filter(isLeaf)
  return (leaves.length > 0 ? leaves : errors).map(
    ({ instanceLocation, error }) => `body ${instanceLocation}: ${error}`,
  )
}

// The validator also reports every object and list around a fault.
const isLeaf = ({ keyword }: OutputUnit) => !/^(\$ref|properties|items|anyOf|allOf|false)$/.test(keyword)
