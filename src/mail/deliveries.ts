import type { Config } from '../config.ts'
import { AppError } from '../errors.ts'
import type { Mailer } from './outbox.ts'

/** The mailers of a runtime that has more than `fetch`. */
export type Transports = { smtp?: (settings: { url: string; from: string }) => Mailer }

/** Returns the mailer that `MAIL_URL` names. Throws `misconfigured` for one that the runtime lacks. */
export function mailerOf(
  { mail: { url, key, from } }: Pick<Config, 'mail'>,
  { smtp }: Transports = {},
): Mailer {
  if (url === undefined) return discardMails
  if (url === 'log') return printMails
  if (/^https?:/.test(url)) return postMails({ url, key, from })
  if (!smtp)
    throw new AppError(
      'misconfigured',
      'MAIL_URL: this runtime sends no mail over SMTP; use an https address.',
    )
  return smtp({ url, from })
}

const discardMails: Mailer = async () => {}

// For development alone: who reads the log can use the links.
const printMails: Mailer = async ({ to, subject, text }) => {
  console.error(`\n  Mail to ${to}: ${subject}\n\n${text.replace(/^(?=.)/gm, '  ')}`)
}

// The form of Resend's API, which others take as well: { from, to, subject, text, html } with a bearer key.
function postMails({ url, key, from }: { url: string; key: string; from: string }): Mailer {
  return async (message, signal) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ from, ...message }),
      signal,
    })
    await response.body?.cancel()
    if (!response.ok)
      throw Object.assign(new Error('The provider refused a mail.'), { code: response.status })
  }
}
