import { afterAll, describe, expect, test } from 'bun:test'
import { once } from 'node:events'
import { connect } from 'node:net'
import { postSql, startEndpoint } from '../../../tests/support/neon-local.ts'

const PAGE = 'http://localhost:5173'
const endpoint = await startEndpoint({ allowOrigins: [PAGE], allowHosts: ['host.docker.internal'] })
afterAll(() => endpoint.close())

/** Sends a request byte for byte, since `fetch` has its own ideas about `Host` and `Origin`, and returns the response's head and body. */
async function send(first: string, headers: Record<string, string>, body = ''): Promise<string> {
  const lines = Object.entries({ Connection: 'close', 'Content-Length': body.length, ...headers })
  const head = [`${first} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)].join('\r\n')
  const socket = connect(endpoint.port, '127.0.0.1')
  let answer = ''
  socket.on('data', (data) => {
    answer += data
    if (headers.Upgrade) socket.end() // the server would keep the connection
  })
  socket.write(`${head}\r\n\r\n${body}`)
  await once(socket, 'close')
  return answer
}

const select = (headers: Record<string, string>) =>
  send(
    'POST /sql',
    { Host: 'localhost', 'Neon-Connection-String': endpoint.connectionString(), ...headers },
    '{"query":"select 1 as served"}',
  )

const upgrade = (headers: Record<string, string>) =>
  send('GET /v2', {
    Host: 'localhost',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Key': 'MDEyMzQ1Njc4OWFiY2RlZg==',
    'Sec-WebSocket-Version': '13',
    ...headers,
  })

const preflight = (origin: string) =>
  send('OPTIONS /sql', { Host: 'localhost', Origin: origin, 'Access-Control-Request-Method': 'POST' })

describe('a web page can not run SQL', () => {
  test.each<[what: string, headers: Record<string, string>]>([
    ['another origin', { Origin: 'https://evil.example' }],
    ['an origin on this machine that nobody allowed', { Origin: 'http://localhost:3000' }],
    ['an origin that only begins like the allowed one', { Origin: `${PAGE}.evil.example` }],
    ['the allowed origin in other letters', { Origin: PAGE.toUpperCase() }],
    ['two origins', { Origin: `${PAGE}, https://evil.example` }],
    ['the origin null', { Origin: 'null' }],
    ['an empty origin', { Origin: '' }],
    ['no origin, from another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['no origin, from the same site', { 'Sec-Fetch-Site': 'same-site' }],
    ['no origin, from its own page', { 'Sec-Fetch-Site': 'same-origin' }],
    ['its own name for this machine', { Host: 'rebind.evil.example' }],
    ['a name that ends like loopback', { Host: 'evil-localhost:4444' }],
    ['a name that begins like loopback', { Host: '127.0.0.1.evil.example' }],
    ['a name in the part for the user', { Host: 'localhost:1@evil.example' }],
    ['an address of the network', { Host: '192.168.1.5:4444' }],
    ['an empty name', { Host: '' }],
    ['the allowed origin, under a foreign name', { Host: 'evil.example', Origin: PAGE }],
  ])('with %s, over HTTP or WebSocket', async (_what, headers) => {
    const overHttp = await select(headers)
    expect(overHttp).toStartWith('HTTP/1.1 403')
    expect(overHttp).not.toMatch(/access-control/i)
    expect(overHttp).toContain('"message":')
    expect(overHttp).toContain('"routine":null')
    expect(overHttp).not.toContain('served')
    expect(await upgrade(headers)).toStartWith('HTTP/1.1 403')
  })

  test.each(['https://evil.example', 'null'])('and the preflight of %s is refused', async (origin) => {
    const answer = await preflight(origin)
    expect(answer).toStartWith('HTTP/1.1 403')
    expect(answer).not.toMatch(/access-control/i)
  })
})

describe('everybody else is served', () => {
  test.each<[headers: Record<string, string>]>([
    [{}],
    [{ Host: 'localhost:4444' }],
    [{ Host: 'LOCALHOST' }],
    [{ Host: 'api.localhost:4444' }],
    [{ Host: 'app.db.localhost' }],
    [{ Host: '127.8.9.1' }],
    [{ Host: '[::1]:4444' }],
    [{ Host: 'host.docker.internal:4444' }],
    [{ 'Sec-Fetch-Mode': 'cors' }], // Node's fetch
    [{ 'Sec-Fetch-Site': 'none' }], // an address typed into a browser
  ])('%p', async (headers) => {
    const overHttp = await select(headers)
    expect(overHttp).toStartWith('HTTP/1.1 200')
    expect(overHttp).toContain('"served":1')
    expect(overHttp).not.toMatch(/access-control/i)
    expect(await upgrade(headers)).toStartWith('HTTP/1.1 101')
  })

  test('the origin that is allowed, which may read the response', async () => {
    const headers = { Origin: PAGE, 'Sec-Fetch-Site': 'cross-site' }
    const overHttp = await select(headers)
    expect(overHttp).toStartWith('HTTP/1.1 200')
    expect(overHttp).toMatch(new RegExp(`access-control-allow-origin: ${PAGE}\r`, 'i'))
    expect(overHttp).toMatch(/vary: origin/i)
    expect(await upgrade(headers)).toStartWith('HTTP/1.1 101')
    const asked = await preflight(PAGE)
    expect(asked).toStartWith('HTTP/1.1 200')
    expect(asked).toMatch(/access-control-allow-headers: .*Neon-Connection-String/i)
    expect(asked).toMatch(/allow: OPTIONS, POST/i)
  })

  test('and a refusal says what to do', async () => {
    const { status, body } = await postSql(
      endpoint,
      { query: 'select 1' },
      { Origin: 'https://evil.example' },
    )
    expect([status, body.code]).toEqual([403, null])
    expect(body.message).toBe('the origin "https://evil.example" is not allowed: name it with --allow-origin')
  })
})
