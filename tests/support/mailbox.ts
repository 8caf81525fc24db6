import { deliverDue, type Mailer } from '../../src/mail/outbox.ts'
import type { Message } from '../../src/mail/templates.ts'
import { db } from './db.ts'

/** Delivers the mails that are due and returns them. */
export async function receiveMails(): Promise<Message[]> {
  const received: Message[] = []
  const mailer: Mailer = async (message) => {
    received.push(message)
  }
  await deliverDue(db, mailer, 'https://app.example.org/account')
  return received
}

/** The token in the link of a mail. */
export const tokenIn = ({ text }: Message): string => /#[a-z-]+=([A-Za-z0-9_-]{43})$/m.exec(text)?.[1] ?? ''
