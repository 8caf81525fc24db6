import { describe, expect, test } from 'bun:test'
import { loadConfig } from '../src/config.ts'
import { addressBlock, forwardedAddress, parseAddress } from '../src/http/address.ts'
import { user } from './support/factories.ts'
import { call, services } from './support/http.ts'

test.each([
  ['192.0.2.1', '192.0.2.1'],
  [' 192.0.2.1 ', '192.0.2.1'],
  ['198.51.100.7:40001', '198.51.100.7'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['[fe80::1%25eth0]:80', 'fe80::1'],
  ['::ffff:198.51.100.7', '198.51.100.7'],
  ['::FFFF:c633:6407', '198.51.100.7'],
  ['[::ffff:c633:6407]:8080', '198.51.100.7'],
  ['0:0:0:0:0:ffff:198.51.100.7', '198.51.100.7'],
  ['::', '::'],
  ['::1', '::1'],
])('%p is the address %s', (text, address) => {
  expect(parseAddress(text)).toBe(address)
})

test.each([
  '', ' ', 'unknown', '_hidden', 'localhost', '192.0.2', '192.0.2.256', '192.0.2.1.', '01.2.3.4', '1.2.3.4.5', '0x7f000001', '2130706433',
  '192.0.2.1:x', '192.0.2.1:123456', '[192.0.2.1', '192.0.2.1]', '2001:db8', ':::', '1::2::3', '1:2:3:4:5:6:7:8:9', '2001:db8::1/64', '::g', '::1]/x?[',
  "1'; drop table users", '1.2.3.4\n5.6.7.8', `${'f:'.repeat(500)}:`, '١٢٧.0.0.1',
])('%p is not an address', (text) => {
  expect(parseAddress(text)).toBeNull()
}) // biome-ignore format: a list of values

test.each([
  ['198.51.100.1', undefined, '198.51.100.1'],
  ['6.6.6.6, 198.51.100.1', undefined, null],
  ['6.6.6.6, 198.51.100.1', 1, '198.51.100.1'],
  ['6.6.6.6, 198.51.100.1, 10.0.0.1', 2, '198.51.100.1'],
  ['198.51.100.1:50000,10.0.0.1', 2, '198.51.100.1'],
  ['198.51.100.1', 2, null],
  ['198.51.100.1, unknown', 1, null],
  ['198.51.100.1,', 1, null],
  ['for=6.6.6.6, for=198.51.100.1;proto=https;by=10.0.0.1', 1, '198.51.100.1'],
  ['proto=https;for="[2001:db8::7]:4711"', 1, '2001:db8::7'],
  ['for=_secret', 1, null],
])('%p with %p trusted proxies names %p', (header, proxies, address) => {
  expect(forwardedAddress(header, proxies)).toBe(address)
})

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001:db8:0:0:1:2:3:4', '2001:db8:0:0'],
  ['2001:db8:1:2::', '2001:db8:1:2'],
  ['2001:db8:ab:1::', '2001:db8:ab:1'],
  ['::1', '0:0:0:0'],
  ['::', '0:0:0:0'],
  [null, 'unknown'],
])('the block of %p is %s', (ip, block) => {
  expect(addressBlock(ip)).toBe(block)
})

describe('the address of a client', () => {
  const ipOf = async (
    headers: Record<string, string>,
    settings = {},
    ip: string | undefined = '192.0.2.1',
  ) => {
    const { username } = await user()
    const body = { username, password: 'correct horse' }
    const options = { headers, with: { ...services(settings), ip } }
    const { token } = (await call('POST /sessions', { body, ...options })).body
    return (await call('GET /sessions', { token })).body.items[0].ip
  }
  const proxied = { clientIpHeader: 'X-Forwarded-For', trustedProxies: 1 }

  test('is believed from a header only when a setting says so', async () => {
    const headers = { 'X-Real-IP': '203.0.113.9' }
    expect(await ipOf(headers)).toBe('192.0.2.1')
    expect(await ipOf(headers, { clientIpHeader: 'X-Real-IP' })).toBe('203.0.113.9')
  })

  test('is that of the connection where the header is missing or is not an address', async () => {
    for (const headers of [{}, { 'X-Forwarded-For': '' }, { 'X-Forwarded-For': 'made up' }] as Record<
      string,
      string
    >[])
      expect(await ipOf(headers, proxied)).toBe('192.0.2.1')
    expect(await ipOf({}, proxied, '::ffff:c000:0201')).toBe('192.0.2.1')
  })

  test('can not be changed by what a client writes in front of it, nor by a port', async () => {
    const limited = { clientIpHeader: 'X-Forwarded-For', trustedProxies: 1 }
    const attempt = (forwarded: string | null, i: number) =>
      call('POST /sessions', {
        body: { username: `nobody-${i}`, password: 'wrong' },
        headers: forwarded === null ? {} : { 'X-Forwarded-For': forwarded },
        with: { ...services(limited), ip: '203.0.113.9' },
      })
    const ways = (i: number) => [`10.${i}.0.1, 203.0.113.9`, `203.0.113.9:${40_000 + i}`, 'nonsense', null]
    const statuses: number[] = []
    for (let i = 0; i < 64; i++) statuses.push((await attempt(ways(i)[i % 4] ?? null, i)).status)
    expect(statuses.filter((status) => status === 401).length).toBeLessThan(64)
    expect(statuses.at(-1)).toBe(429)
  })

  test('is counted in a list only where the number of proxies is known', () => {
    const env = { DATABASE_URL: 'postgres://user@db/x' }
    for (const CLIENT_IP_HEADER of ['X-Forwarded-For', 'x-forwarded-for', 'Forwarded'])
      expect(() => loadConfig({ ...env, CLIENT_IP_HEADER })).toThrow('TRUSTED_PROXIES is not set')
    const config = loadConfig({ ...env, CLIENT_IP_HEADER: 'X-Forwarded-For', TRUSTED_PROXIES: '2' })
    expect(config).toMatchObject({ clientIpHeader: 'X-Forwarded-For', trustedProxies: 2 })
    expect(() => loadConfig({ ...env, TRUSTED_PROXIES: '0' })).toThrow('TRUSTED_PROXIES must be')
  })
})
