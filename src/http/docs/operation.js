import { disclosure, element, prose, table } from './dom.js'
import { curlOf, requestOf, send } from './request.js'
import { isNullable, properties, resolved, rules, type } from './schema.js'

/** An operation: what it does and takes, a form to try it, and what it responds with. */
export function operationPart(operation, api) {
  const { operationId, method, path, summary, security } = operation
  const isClosed = security.length > 0 && security.every((way) => 'token' in way)
  const title = [
    element('h3', {}, element('code', { className: 'method' }, method), ' ', element('code', {}, path)),
    ` ${summary}`,
    isClosed ? element('small', { className: 'quiet' }, ' · needs a token') : '',
  ]
  return disclosure(operationId, title, () => [
    operation.description ? element('p', {}, prose(operation.description)) : '',
    ...tryPart(operation, api),
    responsesPart(operation, api),
  ])
}

function tryPart(operation, api) {
  const schema = resolved(operation.requestBody?.content['application/json'].schema, api)
  const example = schema.examples?.[0] ?? {}
  const inPath = operation.parameters.map((parameter) => field(parameter, parameter.required, undefined, api))
  const inBody = Object.entries(schema.properties ?? {}).map(([name, property]) =>
    field({ name, schema: property }, schema.required?.includes(name), example[name], api),
  )
  const curl = element('pre', { tabIndex: 0 })
  const output = element('div', { data: { role: 'status' } })
  const form = element('form', { noValidate: true }, inPath, inBody)
  const request = () => {
    const values = new FormData(form)
    return requestOf(operation, values, operation.requestBody && bodyOf(schema, values, api))
  }
  const refresh = () => curl.replaceChildren(curlOf(request()))
  const copy = element('button', { type: 'button', className: 'second' }, 'Copy as curl')
  copy.onclick = () =>
    navigator.clipboard.writeText(curlOf(request())).then(() => copy.replaceChildren('Copied'))
  form.append(element('div', { className: 'row' }, element('button', {}, 'Send'), copy))
  form.addEventListener('input', refresh)
  addEventListener('token', refresh)
  form.onsubmit = async (event) => {
    event.preventDefault()
    output.replaceChildren('…')
    output.replaceChildren(
      ...(await send(request()).then(answer, (error) => [`No response: ${error.message}`])),
    )
  }
  refresh()
  return [form, element('details', {}, element('summary', {}, 'curl'), curl), output].map((part) =>
    element('div', {}, part),
  )
}

function field({ name, schema, description }, isRequired, example, api) {
  const { pattern: _, ...rest } = resolved(schema, api) // the part about the schema shows it
  const { type, format, enum: choices, description: meaning } = rest
  const value = example ?? (isRequired ? rest.examples?.[0] : undefined) ?? ''
  const options = type === 'boolean' ? ['true', 'false'] : choices
  const common = { name, required: Boolean(isRequired), value }
  const input = options
    ? element(
        'select',
        common,
        element('option', { value: '' }, ''),
        options.map((option) => element('option', {}, option)),
      )
    : element('input', { ...common, type: format === 'password' ? 'password' : 'text', autocomplete: 'off' })
  if (options) input.value = value
  const note = [isRequired ? '' : 'optional', isNullable(schema) ? 'null clears it' : '']
    .filter(Boolean)
    .join('; ')
  const hints = [prose(description ?? meaning), ' ', options ? '' : rules(rest, api)]
  return element('label', {}, element('code', {}, name), ` ${note} `, input, element('small', {}, hints))
}

function bodyOf({ properties = {} }, values, api) {
  const entries = Object.entries(properties).filter(([name]) => values.get(name))
  return Object.fromEntries(entries.map(([name, schema]) => [name, parsed(schema, values.get(name), api)]))
}

function parsed(schema, text, api) {
  if (text === 'null' && isNullable(schema)) return null
  const isText = [resolved(schema, api).type].flat().includes('string')
  try {
    return isText ? text : JSON.parse(text)
  } catch {
    return text // the server says what is wrong with it
  }
}

function answer({ ok, status, ms, headers, body }) {
  const more = element(
    'details',
    {},
    element('summary', {}, 'Headers'),
    element('pre', { tabIndex: 0 }, headers),
  )
  const line = element(
    'p',
    {},
    element('strong', { className: ok ? 'right' : 'wrong' }, status),
    ` in ${ms} ms`,
  )
  return [line, body ? element('pre', { tabIndex: 0 }, body) : '', more].filter(Boolean)
}

function responsesPart({ responses }, api) {
  const rows = Object.entries(responses).map(([status, response]) => {
    const { description, headers = {}, content = {} } = response.$ref ? resolved(response, api) : response
    const [media] = Object.values(content)
    const names = Object.keys(headers).filter((name) => name !== 'X-Request-Id')
    return [
      status,
      [description, names.length ? ` (${names.join(', ')})` : ''],
      media ? type(media.schema, api) : '',
    ]
  })
  return element(
    'div',
    {},
    element('h4', {}, 'Responses'),
    table(['Status', 'Meaning and headers', 'Body'], rows),
  )
}

/** A named schema: its properties and an example. */
export const schemaPart = (name, schema, api) =>
  disclosure(`schema-${name}`, element('h3', {}, element('code', {}, name)), () => [
    schema.description ? element('p', {}, prose(schema.description)) : '',
    properties(schema, api),
    schema.properties ? '' : element('p', {}, rules(schema, api)),
    schema.examples ? element('pre', { tabIndex: 0 }, JSON.stringify(schema.examples[0], null, 2)) : '',
  ])
