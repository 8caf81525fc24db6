import { sweep } from '../access/sweep.ts'
import type { Db } from '../db/db.ts'
import { describeUncaught } from './last-resort.ts'

const HOUR_MS = 3_600_000

/** Sweeps the database every hour, at a moment of this process's own. Returns the function that stops it. */
export function sweepHourly(db: Db): () => void {
  const run = () => sweep(db).catch((error) => console.error(`The sweep failed: ${describeUncaught(error)}`))
  const timer = setInterval(run, HOUR_MS)
  return () => clearInterval(timer)
}
