import { element, prose, table } from './dom.js'

/** Follows references, such as `{ $ref: '#/components/schemas/User' }`, and takes what is not null of a choice. */
export function resolved(schema, api) {
  if (schema?.$ref)
    return resolved(
      schema.$ref
        .split('/')
        .slice(1)
        .reduce((at, key) => at[key], api),
      api,
    )
  if (schema?.anyOf)
    return {
      ...schema,
      ...resolved(
        schema.anyOf.find(({ type }) => type !== 'null'),
        api,
      ),
    }
  if (schema?.allOf) return resolved(schema.allOf[0], api)
  return schema ?? {}
}

/** Whether null is among the values of a schema. */
export const isNullable = ({ type, anyOf = [] }) =>
  [type].flat().includes('null') || anyOf.some((other) => other.type === 'null')

/** A table of the properties of an object's schema: type, rules, meaning. */
export function properties(schema, api) {
  const { properties = {}, required = [] } = resolved(schema, api)
  const rows = Object.entries(properties).map(([name, property]) => [
    [
      element('code', {}, name),
      required.includes(name) ? '' : element('small', { className: 'quiet' }, ' optional'),
    ],
    type(property, api),
    [rules(property, api), ' ', prose(resolved(property, api).description)],
  ])
  return rows.length > 0 ? table(['Name', 'Type', 'Rules'], rows) : element('p', {}, type(schema, api))
}

/** The name of a type, a link where it has its own part. */
export function type(schema, api) {
  const alternatives = schema.anyOf ?? schema.allOf?.slice(0, 1)
  if (alternatives)
    return alternatives.flatMap((other, index) => [index ? ' or ' : '', type(other, api)].flat())
  if (schema.$ref) {
    const name = schema.$ref.split('/').pop()
    return [element('a', { href: `#schema-${name}` }, name)]
  }
  if (schema.type === 'array') return ['list of ', type(schema.items, api)].flat()
  return [[schema.type].flat().join(' or ')]
}

const RULES = {
  format: (value) => value,
  enum: (values) => values.map((value) => value.replace(/^urn:.*:/, '…:')).join(', '),
  minLength: (value) => `at least ${value} characters`,
  maxLength: (value) => `at most ${value} characters`,
  minimum: (value) => `from ${value}`,
  maximum: (value) => `to ${value}`,
  minProperties: (value) => `at least ${value} property`,
  maxItems: (value) => `at most ${value} items`,
  default: (value) => `default ${value}`,
  pattern: (value) => element('code', {}, value),
}

/** What values of a schema must keep to, in words. */
export function rules(schema, api) {
  const found = schema.$ref && resolved(schema, api).properties ? {} : resolved(schema, api)
  return Object.keys(RULES)
    .filter((rule) => rule in found)
    .flatMap((rule, index) => [index ? ', ' : '', RULES[rule](found[rule])])
}
