import { expect, test } from 'bun:test'
import { targetOf } from '../src/db/url.ts'

const NEON = 'postgresql://app:pw@ep-a.eu-central-1.aws.neon.tech/app?sslmode=require&channel_binding=require'

test.each([
  ['postgres://u:p@localhost/d', 'off'],
  ['postgres://u:p@127.0.0.1:5433/d', 'off'],
  ['postgres://u:p@[::1]/d', 'off'],
  ['postgres://u:p@localhost/d?sslmode=verify-full', 'verified'],
  ['postgres://u:p@db.example.org/d', 'verified'],
  ['postgres://u:p@10.0.0.7/d', 'verified'],
  ['postgres://u:p@localhost.example.org/d', 'verified'],
  ['postgres://u:p@db.example.org/d?sslmode=require', 'verified'],
  ['postgres://u:p@db.example.org/d?sslmode=no-verify', 'unverified'],
  ['postgres://u:p@db.example.org/d?sslmode=prefer', 'preferred'],
  ['postgres://u:p@db.example.org/d?sslmode=disable', 'off'],
  [NEON, 'verified'],
])('%s is encrypted: %s', (url, encryption) => {
  expect(targetOf(url).encryption).toBe(encryption as ReturnType<typeof targetOf>['encryption'])
})

test('words of libpq go no further, but for the session', () => {
  const { url, session } = targetOf(`${NEON}&connect_timeout=10&application_name=app&options=-c%20a.b%3Dc`)
  expect(url).toBe('postgresql://app:pw@ep-a.eu-central-1.aws.neon.tech/app')
  expect(session).toEqual({
    DateStyle: 'ISO, MDY',
    TimeZone: 'UTC',
    application_name: 'app',
    options: '-c a.b=c',
  })
})

test.each([
  ['postgres://u:p@ep-a-pooler.eu-central-1.aws.neon.tech/d', true],
  ['postgres://u:p@aws-0.pooler.supabase.com:6543/d', true],
  ['postgres://u:p@db.example.org/d?pgbouncer=true', true],
  ['postgres://u:p@aws-0.pooler.supabase.com:5432/d', false],
  ['postgres://u:p@db.example.org/d', false],
])('%s names a transaction pooler: %p', (url, isPooled) => {
  expect(targetOf(url).isPooled).toBe(isPooled)
})

test('an unknown sslmode is refused by its name', () => {
  expect(() => targetOf('postgres://u:p@localhost/d?sslmode=on')).toThrow(
    'sslmode in DATABASE_URL must be one of',
  )
})
