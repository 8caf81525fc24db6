import { beforeEach, describe, expect, test } from 'bun:test'
import { type NeonConfig, useNeonLocal } from '../src/settings.ts'

const neonDefaults = (): NeonConfig => ({
  fetchEndpoint: (host) => `https://api.${host}/sql`,
  wsProxy: (host) => `${host}/v2`,
  useSecureWebSocket: true,
  coalesceWrites: true,
})

/** Where the driver would go with these settings, for a connection string's host and port. */
function routes(config: NeonConfig, host: string, port: number | string): string[] {
  const { fetchEndpoint, wsProxy } = config
  if (typeof fetchEndpoint === 'string' || typeof wsProxy === 'string') throw new Error('not functions')
  return [fetchEndpoint(host, port), wsProxy(host, port)]
}

describe('useNeonLocal', () => {
  let config: NeonConfig
  beforeEach(() => {
    config = neonDefaults()
    useNeonLocal(config, 4000)
  })

  test.each(['localhost', 'app.localhost', '127.0.0.1', '127.1.2.3', '[::1]'])(
    'leads %s to its port',
    (host) => {
      expect(routes(config, host, '4567')).toEqual([`http://${host}:4567/sql`, `${host}:4567/v2`])
    },
  )

  test('has a port for a string without one, as the driver gives it', () => {
    expect(routes(config, 'localhost', '')[0]).toBe('http://localhost:4000/sql')
    expect(routes(config, 'localhost', 5432)[1]).toBe('localhost:4000/v2')
  })

  test.each(['ep-x.eu-central-1.aws.neon.tech', 'localhost.example.com', '128.0.0.1'])(
    'leaves %s alone',
    (host) => {
      expect(routes(config, host, '')).toEqual(routes(neonDefaults(), host, ''))
    },
  )

  test('may be called again, with another port', () => {
    useNeonLocal(config, 5000)
    expect(routes(config, 'localhost', '')[0]).toBe('http://localhost:5000/sql')
    expect(config.useSecureWebSocket).toBe(false)
  })
})
