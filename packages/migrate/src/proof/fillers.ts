import type { Query } from '../catalog.ts'
import { typeOf } from '../plan/casts.ts'
import { constant, needsFilling } from '../plan/fillers.ts'
import type { Column, Model, Table } from '../plan/model.ts'
import { mentions, quote } from '../plan/sql.ts'
import { candidates } from './values.ts'

/** Gives the columns of a model that checks are about a placeholder which satisfies these, as far as one is found. */
export async function suitFillers(query: Query, model: Model): Promise<void> {
  for (const table of Object.values(model.tables)) {
    for (const column of Object.values(table.columns).filter(needsFilling)) {
      const checks = Object.values(table.checks).filter(({ value }) => isAbout(value, table, column))
      const usual = constant(model, column)
      if (checks.length === 0 || usual === null) continue
      const condition = checks.map(({ value }) => `(${value})`).join(' and ')
      const literals = checks.flatMap(({ value }) => candidates(value))
      for (const filler of [usual, ...literals]) {
        const row = `(select ${filler}::${typeOf(column)} as ${quote(column.name)}) as ${quote(table.name)}`
        // What does not convert, or is of a type that is still to come, is no answer.
        const [answer] = await query(`select ${condition} as fits from ${row}`).catch(() => [])
        if (answer?.fits !== true) continue
        if (filler !== usual) column.filler = filler
        break
      }
    }
  }
}

const isAbout = (check: string, table: Table, column: Column): boolean =>
  mentions(check, column.name) &&
  !Object.keys(table.columns).some((name) => name !== column.name && mentions(check, name))
