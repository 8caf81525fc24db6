import { describe, expect, test } from 'bun:test'
import type { Answer } from './support/exchange.ts'
import { admin, signedIn } from './support/factories.ts'
import { call } from './support/http.ts'

const SLOW_MS = 50
const BODY_BYTES = 65_000 // what leaves room for a field's name below the body's 64 KiB

// Each fills a body with text that is dear to normalise, to fold, to match or to count.
const PIECES: Record<string, string> = {
  'marks out of order': '\u0315\u0300\u05ae\u0300',
  'marks in falling order': '\u0345\u0315\u0301\u05b0',
  'one mark': '\u0301',
  'marks with a base': 'a\u0323\u0307',
  'characters that become eighteen': '\ufdfa',
  'Hangul in parts': '\u1112\u1161\u11ab',
  'letters that become three marks': '\u0390',
  'letters that grow in lower case': '\u0130',
  'mathematical letters': '\u{1d4d0}',
  'half surrogate pairs': '\ud800',
  'beginnings of addresses': 'a@',
  dots: 'a.',
}
const bytes = (text: string) => new TextEncoder().encode(JSON.stringify(text)).length - 2
const fill = (piece: string, size: number) => `a${piece.repeat(Math.floor(size / bytes(piece)))}`

type Schema = {
  $ref?: string
  properties?: Record<string, Schema>
  anyOf?: Schema[]
  type?: string
  enum?: unknown
}
type Operation = {
  requestBody?: { content: Record<string, { schema: Schema }> }
  parameters: { name: string; in: string; schema: Schema }[]
}

const document: {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
} = (await call('GET /openapi.json')).body
const resolved = (schema: Schema): Schema =>
  schema.$ref ? (document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema
const isText = (schema: Schema): boolean => {
  const { type, anyOf = [] } = resolved(schema)
  return type === 'string' || anyOf.some(isText)
}

/** Every place of the description where text comes in: in a body a field, in a query a key. */
const places = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, { requestBody, parameters }]) => {
    const request =
      `${method.toUpperCase()} ${path.replace('{token}', 'A'.repeat(43)).replace(/\{\w+\}/, '1')}` as const
    const fields = Object.entries(
      resolved(requestBody?.content['application/json']?.schema ?? {}).properties ?? {},
    )
    const keys = parameters.filter((parameter) => parameter.in === 'query')
    return [
      ...fields.filter(([, schema]) => isText(schema)).map(([name]) => ({ request, name, isField: true })),
      ...keys.filter(({ schema }) => isText(schema)).map(({ name }) => ({ request, name, isField: false })),
    ]
  }),
)

/** Sends `text` to a place three times; returns the last answer and the shortest time. */
async function send({ request, name, isField }: (typeof places)[number], text: string, token: string) {
  let [answer, ms]: [Answer | null, number] = [null, Number.POSITIVE_INFINITY]
  const query = isField ? '' : `?${name}=${encodeURIComponent(text.toWellFormed())}`
  const body = isField ? { [name]: text } : undefined
  for (let i = 0; i < 3; i++) {
    const start = performance.now()
    answer = await call(`${request as '/ /'}${query}`, { token, ...(body && { body }) })
    ms = Math.min(ms, performance.now() - start)
  }
  return { answer: answer as unknown as Answer, ms }
}

describe.each(places)('$request $name', (place) => {
  test('refuses the worst text that a request can carry, at once', async () => {
    const { token } = await signedIn(await admin())
    for (const [what, piece] of Object.entries(PIECES)) {
      const { answer, ms } = await send(place, fill(piece, BODY_BYTES), token)
      expect([what, answer.status]).toEqual([what, 422])
      expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toContain(
        `/${place.name}`,
      )
      expect(`${what}: ${ms < SLOW_MS || `${ms} ms`}`).toBe(`${what}: true`)
    }
  })

  test('takes no long time over text that is just short enough to be read', async () => {
    const { token } = await signedIn(await admin())
    for (const [what, piece] of Object.entries(PIECES)) {
      for (const units of [32, 100, 128, 254, 512, 1000]) {
        const { answer, ms } = await send(place, `a${piece.repeat(units)}`.slice(0, units), token)
        expect(answer.status).toBeLessThan(500)
        expect(`${what}: ${ms < SLOW_MS || `${ms} ms`}`).toBe(`${what}: true`)
      }
    }
  })
})

test('text comes in where it is known to', () => {
  const found = places.map(({ request, name }) => `${request} ${name}`)
  expect(found).toEqual(
    expect.arrayContaining(['POST /users password', 'PUT /me/password newPassword', 'GET /users q']),
  )
})
