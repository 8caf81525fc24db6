import type { View } from '../snapshot.ts'
import { type Comparison, usesColumns } from './compare.ts'
import { at, keyOf, mentions, quote } from './sql.ts'

/** The statements that drop the views that change, or rest on what changes, and those that create them again. */
export function compareViews({ from, to, reshaped }: Comparison): {
  drop: string[]
  create: string[]
  /** The names of those that are dropped. */
  dropped: string[]
} {
  const changing = new Set(
    Object.entries(from.views)
      .filter(([key, view]) => {
        const after = to.views[key]
        return (
          !after || createView(after) !== createView(view) || usesColumns(view.definition ?? '', reshaped)
        )
      })
      .map(([key]) => key),
  )
  const before = inOrder(Object.values(from.views))
  for (const view of before)
    if (before.some((it) => changing.has(keyOf(it)) && rests(view, it))) changing.add(keyOf(view))
  const isNew = (view: View) => !from.views[keyOf(view)] || changing.has(keyOf(view))
  return {
    dropped: before.filter((view) => changing.has(keyOf(view))).map(({ name }) => name),
    drop: before
      .filter((view) => changing.has(keyOf(view)))
      .reverse()
      .map(dropView),
    create: inOrder(Object.values(to.views)).filter(isNew).map(createView),
  }
}

// A view comes after those that it rests on.
function inOrder(views: View[]): View[] {
  const sorted: View[] = []
  const visit = (view: View) => {
    if (sorted.includes(view)) return
    for (const other of views) if (rests(view, other)) visit(other)
    if (!sorted.includes(view)) sorted.push(view)
  }
  views.forEach(visit)
  return sorted
}

const rests = (view: View, on: View) => view !== on && mentions(view.definition ?? '', on.name)

function createView(view: View): string {
  const options = Object.entries(view.with ?? {}).map(([name, value]) => `${snakeCase(name)} = ${value}`)
  return [
    `CREATE ${kindOf(view)} ${at(view)}`,
    view.using ? ` USING ${quote(view.using)}` : '',
    options.length > 0 ? ` WITH (${options.join(', ')})` : '',
    view.tablespace ? ` TABLESPACE ${quote(view.tablespace)}` : '',
    ` AS (${view.definition})`,
    view.withNoData ? ' WITH NO DATA' : '',
    ';',
  ].join('')
}

const dropView = (view: View) => `DROP ${kindOf(view)} ${at(view)};`

const kindOf = (view: View) => (view.materialized ? 'MATERIALIZED VIEW' : 'VIEW')

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
