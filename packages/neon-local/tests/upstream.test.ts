import { describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addressOf, OptionError, readUpstream } from '../src/upstream.ts'

const folder = mkdtempSync(join(tmpdir(), 'hearth-test-'))
const root = join(folder, 'root.pem')
writeFileSync(root, 'a certificate')
process.on('exit', () => rmSync(folder, { recursive: true }))

describe('the upstream’s address', () => {
  test.each([
    ['postgres://u:p@db.example.org:6543/app', { host: 'db.example.org', port: 6543 }],
    ['postgresql://u@[::1]/app', { host: '::1', port: 5432 }],
    ['postgres:///app', { host: '127.0.0.1', port: 5432 }],
    ['postgres:///app?host=/tmp/socket', { path: '/tmp/socket/.s.PGSQL.5432' }],
    ['postgres://u:p@/app?host=/tmp/socket&port=6543', { path: '/tmp/socket/.s.PGSQL.6543' }],
    ['postgres://u:p@elsewhere:1/app?host=/tmp/socket', { path: '/tmp/socket/.s.PGSQL.1' }],
    ['postgres://u:p@%2Ftmp%2Fsocket/app', { path: '/tmp/socket/.s.PGSQL.5432' }],
    ['postgres://elsewhere/app?host=db.example.org&port=6543', { host: 'db.example.org', port: 6543 }],
  ])('%s', (url, address) => {
    expect(addressOf(readUpstream(url))).toEqual(address)
  })

  test('user, password and database are decoded, and the database is the user’s name where none is given', () => {
    expect(readUpstream('postgres://a%40b:p%2Fq@localhost/d%20b')).toMatchObject({
      user: 'a@b',
      password: 'p/q',
      database: 'd b',
    })
    expect(readUpstream('postgres://alice@localhost')).toMatchObject({ user: 'alice', database: 'alice' })
  })
})

describe('sslmode is obeyed', () => {
  test.each([
    ['localhost', '', 'never', false],
    ['/tmp/socket', '', 'never', false],
    ['db.example.org', '', 'if offered', false],
    ['db.example.org', 'sslmode=disable', 'never', false],
    ['db.example.org', 'sslmode=allow', 'if offered', false],
    ['localhost', 'sslmode=prefer', 'if offered', false],
    ['/tmp/socket', 'sslmode=prefer', 'never', false],
    ['localhost', 'sslmode=require', 'always', false],
    ['localhost', `sslmode=require&sslrootcert=${root}`, 'always', true],
    ['localhost', 'sslmode=verify-ca', 'always', true],
    ['localhost', 'sslmode=verify-full', 'always', true],
    ['localhost', 'sslmode=verify-full&sslrootcert=system', 'always', true],
  ] as const)('%s with %s: %s, checked: %p', (host, parameters, encryption, rejectUnauthorized) => {
    const { checks, ...upstream } = readUpstream(`postgres:///app?host=${host}&${parameters}`)
    expect(upstream.encryption).toBe(encryption)
    expect(checks.rejectUnauthorized).toBe(rejectUnauthorized)
  })

  test('verify-full checks the name, verify-ca does not', () => {
    const checks = (mode: string) => readUpstream(`postgres://localhost/app?sslmode=${mode}`).checks
    expect(checks('verify-full')).not.toHaveProperty('checkServerIdentity')
    expect(checks('verify-ca')).toHaveProperty('checkServerIdentity')
  })
})

describe('refused, never ignored', () => {
  test.each([
    ['http://localhost/app', /must look like postgres:/],
    ['nonsense', /must look like postgres:/],
    ['postgres://localhost/app?sslmode=verify', /sslmode must be one of disable, allow/],
    ['postgres://localhost/app?sslmode=disable&sslmode=verify-full', /"sslmode" twice/],
    ['postgres:///app?host=/tmp/socket&sslmode=require', /a Unix socket does not have/],
    ['postgres://localhost/app?sslmode=verify-full&sslrootcert=/nowhere', /"\/nowhere" can't be read/],
    ['postgres://localhost/app?sslcert=client.pem', /"sslcert", which is not supported/],
    ['postgres://localhost/app?sslnegotiation=direct', /"sslnegotiation", which is not supported/],
    ['postgres://localhost/app?channel_binding=require', /channel_binding=require, which is not supported/],
    ['postgres://localhost/app?SSLMODE=require', /"SSLMODE", which is not supported/],
    ['postgres://a,b/app', /must be one host, not a list/],
    ['postgres://localhost:0/app', /port must be a number/],
    ['postgres:///app?host=localhost&port=x', /port must be a number/],
    ['postgres://%zz@localhost/app', /write %25/],
  ])('%s', (url, message) => {
    expect(() => readUpstream(url)).toThrow(OptionError)
    expect(() => readUpstream(url)).toThrow(message)
  })
})
