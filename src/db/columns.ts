import { timestamp } from 'drizzle-orm/pg-core'

/** A moment to the millisecond, the precision of a JavaScript Date: a page's cursor must name the stored moment exactly. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })
