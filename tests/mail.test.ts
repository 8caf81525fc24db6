import { afterAll, describe, expect, spyOn, test } from 'bun:test'
import { travel } from '@hearth/sandbox'
import { isNotNull } from 'drizzle-orm'
import { SMTPServer } from 'smtp-server'
import { loadConfig } from '../src/config.ts'
import { mailerOf } from '../src/mail/deliveries.ts'
import { deliverDue } from '../src/mail/outbox.ts'
import { smtpMailer } from '../src/mail/smtp.ts'
import { mails } from '../src/mail/table.ts'
import { writeMail } from '../src/mail/templates.ts'
import { db } from './support/db.ts'
import { user } from './support/factories.ts'
import { receiveMails } from './support/mailbox.ts'

const LINK_BASE = 'https://app.example.org/account'
const MAIL = { MAIL_FROM: 'hearth@example.org', APP_URL: 'https://app.example.org', MAIL_KEY: 'k3y' }
const settings = (MAIL_URL: string) =>
  loadConfig({ DATABASE_URL: 'postgres://unused/unused', ...MAIL, MAIL_URL })
const waiting = () => db.$count(mails, isNotNull(mails.dueAt))

describe('over SMTP', () => {
  const received: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _, done) {
      let raw = ''
      stream.on('data', (chunk) => (raw += chunk))
      stream.on('end', () => {
        received.push(raw)
        done()
      })
    },
  })
  const listening = Promise.withResolvers<number>()
  server.listen(0, '127.0.0.1', () => listening.resolve((server.server.address() as { port: number }).port))
  afterAll(() => new Promise<void>((resolve) => server.close(resolve)))

  test('a mail arrives as text and as HTML, from the sender of the settings', async () => {
    await user({ username: 'alice', email: 'alice@example.org' })
    const url = `smtp://127.0.0.1:${await listening.promise}`
    const mailer = mailerOf(settings(url), { smtp: smtpMailer })
    expect(await deliverDue(db, mailer, LINK_BASE)).toBe(1)
    const [raw = ''] = received
    for (const part of [
      'From: hearth@example.org',
      'To: alice@example.org',
      'text/plain',
      'text/html',
      'Hello alice,',
    ])
      expect(raw).toContain(part)
    expect(await waiting()).toBe(0)
  })
})

describe('a provider that is unreachable', () => {
  const errors = spyOn(console, 'error').mockImplementation(() => {})
  afterAll(() => errors.mockRestore())

  test('for two tries loses nothing, and the log has no address', async () => {
    await user({ email: 'alice@example.org' })
    const refused = mailerOf(settings('http://127.0.0.1:1/emails'))
    expect(await deliverDue(db, refused, LINK_BASE)).toBe(1)
    expect(await deliverDue(db, refused, LINK_BASE)).toBe(0) // not due yet
    await travel({ minutes: 1 })
    expect(await deliverDue(db, refused, LINK_BASE)).toBe(1)
    await travel({ minutes: 2 })
    expect((await receiveMails()).map(({ to }) => to)).toEqual(['alice@example.org'])
    expect(await waiting()).toBe(0)
    const logged = errors.mock.calls.flat().join('\n')
    expect(logged).toMatch(/^Mail \d+ \(email_verification\) was not delivered at attempt 1: \w+\.$/m)
    expect(logged).not.toContain('alice')
  })

  test('for a day and a half is given up', async () => {
    await user({ email: 'alice@example.org' })
    const refused = mailerOf(settings('http://127.0.0.1:1/emails'))
    for (let attempt = 0; attempt < 12; attempt++) {
      expect(await deliverDue(db, refused, LINK_BASE)).toBe(1)
      await travel({ minutes: 2 ** attempt })
    }
    expect(await deliverDue(db, refused, LINK_BASE)).toBe(0)
    expect(errors.mock.calls.flat().join('\n')).toContain('It is given up.')
  })
})

test('an HTTP provider gets the form of Resend, with the key', async () => {
  await user({ username: 'alice', email: 'alice@example.org' })
  const requests: { key: string | null; body: Record<string, string> }[] = []
  await using provider = Bun.serve({
    port: 0,
    async fetch(request) {
      requests.push({ key: request.headers.get('Authorization'), body: await request.json() })
      return Response.json({ id: '1' })
    },
  })
  const mailer = mailerOf(settings(`${provider.url.origin}/emails`))
  expect(await deliverDue(db, mailer, LINK_BASE)).toBe(1)
  expect(requests).toEqual([
    {
      key: 'Bearer k3y',
      body: {
        from: 'hearth@example.org',
        to: 'alice@example.org',
        subject: 'Confirm your email address',
        text: expect.stringContaining(`${LINK_BASE}#email-verification=`),
        html: expect.stringContaining(`<a href="${LINK_BASE}#email-verification=`),
      },
    },
  ])
})

test('a name cannot put HTML into a mail', () => {
  const { html, text } = writeMail('password_reset', 'a@example.org', {
    username: '<b>"&',
    link: 'https://x/#t=1',
  })
  expect(html).toContain('Hello &lt;b&gt;&quot;&amp;,')
  expect(text).toContain('Hello <b>"&,')
})

test('mails that leave need a sender and an address for links', () => {
  for (const missing of ['MAIL_FROM', 'APP_URL'])
    expect(() =>
      loadConfig({
        DATABASE_URL: 'postgres://u/d',
        ...MAIL,
        MAIL_URL: 'https://api.example.org',
        [missing]: '',
      }),
    ).toThrow('MAIL_URL needs MAIL_FROM, the sender, and APP_URL, where the links lead')
  expect(() => loadConfig({ DATABASE_URL: 'postgres://u/d', MAIL_URL: 'ftp://x' })).toThrow(
    'MAIL_URL must be log',
  )
})
