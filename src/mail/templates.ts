import type { mails } from './table.ts'

/** What a mail is about. */
export type MailKind = (typeof mails.$inferSelect)['kind']

/** A mail as a delivery gets it. */
export type Message = { to: string; subject: string; text: string; html: string }

/** What the text of a mail may use. `link` is null in a mail that asks for nothing. */
export type MailContext = { username: string; link: string | null }

/** Change these texts freely: `{username}` and `{link}` are filled in. A paragraph a line. */
const TEXTS: Record<MailKind, { subject: string; paragraphs: string[] }> = {
  password_reset: {
    subject: 'Choose a new password',
    paragraphs: [
      'Hello {username},',
      'somebody, probably you, asked for a new password for your account. Choose it here within an hour:',
      '{link}',
      'If it was not you, ignore this mail: your password stays as it is.',
    ],
  },
  email_verification: {
    subject: 'Confirm your email address',
    paragraphs: [
      'Hello {username},',
      'please confirm that this address is yours. Open this link within a day:',
      '{link}',
      'If you have no account here, ignore this mail.',
    ],
  },
  email_changed: {
    subject: 'The email address of your account was changed',
    paragraphs: [
      'Hello {username},',
      'your account no longer uses this address. If it was not you who changed it, sign in, change your password and end all sessions.',
    ],
  },
}

/** Writes a mail to `to` as plain text and as HTML. */
export function writeMail(kind: MailKind, to: string, context: MailContext): Message {
  const { subject, paragraphs } = TEXTS[kind]
  const fill = (paragraph: string, format: (value: string) => string) =>
    paragraph.replace(/\{(username|link)\}/g, (_, name: keyof MailContext) => format(context[name] ?? ''))
  const link = (url: string) => `<a href="${url}">${url}</a>`
  const html = paragraphs.map((paragraph) =>
    paragraph === '{link}' ? link(escapeHtml(context.link ?? '')) : fill(paragraph, escapeHtml),
  )
  return {
    to,
    subject,
    text: `${paragraphs.map((paragraph) => fill(paragraph, String)).join('\n\n')}\n`,
    html: `<!doctype html>\n${html.map((paragraph) => `<p>${paragraph}</p>`).join('\n')}\n`,
  }
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
