import type { Db } from '../db/db.ts'
import { outsideWork } from '../db/work.ts'
import { deliverDue, type Mailer } from '../mail/outbox.ts'

// How long a mail that another process queued, or whose time has come again, waits at most.
const LOOK_EVERY_MS = 5_000

/** Delivers mails from the outbox until `stop`, at intervals and at once after `wake`. `stop` waits for what is being sent. */
export function startDeliveries(db: Db, mailer: Mailer, linkBase: string) {
  let running = Promise.resolve()
  let isAsked = false
  const wake = () => {
    if (isAsked) return
    isAsked = true
    running = outsideWork(() => running.then(deliver)) // a request that wakes us must not take mails of others along
  }
  const deliver = async () => {
    isAsked = false
    try {
      while ((await deliverDue(db, mailer, linkBase)) > 0);
    } catch {
      // The database is unreachable, which requests report; the outbox keeps everything until it is back.
    }
  }
  const timer = setInterval(wake, LOOK_EVERY_MS)
  return {
    wake,
    stop: async () => {
      clearInterval(timer)
      await running
    },
  }
}
