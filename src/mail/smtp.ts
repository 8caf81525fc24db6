import { createTransport } from 'nodemailer'
import type { Mailer } from './outbox.ts'

/** Sends mails over SMTP to `url`, such as smtp://user:password@host:587. For runtimes with sockets; Workers post mails. */
export function smtpMailer({ url, from }: { url: string; from: string }): Mailer {
  const transport = createTransport({ url, connectionTimeout: 5_000, socketTimeout: 10_000 })
  return async (message) => {
    await transport.sendMail({ from, ...message })
  }
}
