import { describe, expect, test } from 'bun:test'
import { loadConfig } from '../src/config.ts'
import * as passwords from '../src/identity/password.ts'
import { config as defaults } from './support/http.ts'

const { scrypt: production } = loadConfig({ DATABASE_URL: 'postgres://x/y' })
const cheap = defaults.scrypt
const { needsRehash, OPERATOR } = passwords
const hashPassword = (password: string, cost = cheap) => passwords.hashPassword(password, cost, OPERATOR)
const verifyPassword = (password: string, hash: string | null, cost = cheap) =>
  passwords.verifyPassword(password, hash, cost, OPERATOR)

describe('a hash', () => {
  test('is a PHC string at the cost that OWASP lists', async () => {
    const hash = await hashPassword('correct horse', production)
    expect(hash).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(await verifyPassword('correct horse', hash, production)).toBe(true)
    expect(await verifyPassword('Correct horse', hash, production)).toBe(false)
  })

  test('is scrypt as RFC 7914 has it', async () => {
    // Section 12: scrypt("password", "NaCl", N=1024, r=8, p=16), cut to the lengths of the form above
    const { scryptSync } = await import('node:crypto')
    const salt = Buffer.from('0123456789abcdef')
    const key = scryptSync('password', salt, 32, { N: 1024, r: 8, p: 16 })
    const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
    expect(
      await verifyPassword('password', `$scrypt$ln=10,r=8,p=16$${base64(salt)}$${base64(key)}`, cheap),
    ).toBe(true)
  })

  test('has a salt of its own', async () => {
    expect(await hashPassword('same', cheap)).not.toBe(await hashPassword('same', cheap))
  })

  test('that is none of ours, or would cost too much, matches nothing', async () => {
    const [salt, key] = ['A'.repeat(22), 'A'.repeat(43)]
    const bad = [
      '',
      'x',
      '$2b$10$abc',
      `$scrypt$ln=30,r=8,p=5$${salt}$${key}`,
      `$scrypt$ln=14,r=99,p=99$${salt}$${key}`,
      `$scrypt$ln=0,r=8,p=1$${salt}$${key}`,
      `$scrypt$ln=14,r=0,p=1$${salt}$${key}`,
    ]
    for (const hash of bad) {
      expect(await verifyPassword('x', hash, cheap)).toBe(false)
      expect(needsRehash(hash, cheap)).toBe(true)
    }
    expect(await verifyPassword('x', null, cheap)).toBe(false)
  })

  test('is replaced when the cost differs', async () => {
    const hash = await hashPassword('x', cheap)
    expect(needsRehash(hash, cheap)).toBe(false)
    expect(needsRehash(hash, production)).toBe(true)
  })
})
