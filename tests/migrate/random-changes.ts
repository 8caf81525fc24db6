import type { Chance } from './chance.ts'
import { type ColumnSpec, columnOf, KINDS, type Spec, type TableSpec } from './random-models.ts'

/** Changes a spec by chance, or returns false where there is nothing to change. */
export type Change = (spec: Spec, chance: Chance) => boolean

const KEY_KINDS = ['integer', 'bigint', 'serial', 'identity']
const NUMBERED = ['serial', 'identity', 'generated']

/** Every kind of change that models go through, by name. */
export const CHANGES: Record<string, Change> = {
  addEnum: ({ enums }, { fresh }) => {
    const id = `e${fresh()}`
    enums.push({ id, name: id, values: ['a', 'b', 'c'] })
    return true
  },
  renameEnum: onEnum((it, { fresh }) => rename(it, fresh)),
  addEnumValue: onEnum(({ values }, { below, fresh }) => {
    values.splice(below(values.length + 1), 0, `v${fresh()}`)
  }),
  dropEnumValue: onEnum(({ values }) => values.length > 1 && void values.pop()),
  dropEnum: ({ enums, tables }, { pick }) => {
    const unused = enums.filter(
      ({ id }) => !tables.some(({ columns }) => columns.some(({ kind }) => kind === id)),
    )
    return unused.length > 0 && remove(enums, pick(unused))
  },

  addTable: (spec, chance) => {
    const id = `t${chance.fresh()}`
    const key = { ...columnOf(`${id}_id`, chance.pick(KEY_KINDS)), notNull: true }
    const empty = { key: null, uniques: [], indexes: [], checks: [], hasView: false }
    const table: TableSpec = { id, name: id, columns: [key], ...empty }
    spec.tables.push(table)
    for (let n = chance.below(4); n > 0; n--) addColumn(table, spec, chance)
    return true
  },
  renameTable: onTable((it, _, { fresh }) => rename(it, fresh)),
  dropTable: onTable((table, { tables }) => !isReferred(table, tables) && remove(tables, table)),
  toggleView: onTable((table) => {
    table.hasView = !table.hasView
  }),
  toggleKey: onTable((table, { tables }, { pick }) => {
    if (table.key) table.key = null
    else if (table.columns.length < 2 || isReferred(table, tables)) return false
    else table.key = [table.columns[0]?.id ?? '', pick(table.columns.slice(1)).id]
  }),
  retypeKey: onTable(({ columns: [key] }, _, { pick }) => {
    if (key) key.kind = pick(KEY_KINDS)
  }),

  addColumn: onTable(addColumn),
  addReference: onTable((table, { tables }, chance) => {
    const targets = tables.filter(({ key }) => key === null)
    if (targets.length === 0) return false
    const column = columnOf(`c${chance.fresh()}`, chance.pick(['integer', 'bigint']))
    table.columns.push({ ...column, notNull: chance.once(3), refersTo: chance.pick(targets).id })
  }),
  renameColumn: onColumn((column, _, __, { fresh }) => rename(column, fresh)),
  dropColumn: onColumn((column, table) => {
    table.uniques = table.uniques.filter((ids) => !ids.includes(column.id))
    table.indexes = table.indexes.filter(({ columns }) => !columns.includes(column.id))
    table.checks = table.checks.filter((id) => id !== column.id)
    if (table.key?.includes(column.id)) table.key = null
    remove(table.columns, column)
  }),
  retype: onColumn((column, _, { enums }, { pick }) => {
    const kinds = column.refersTo
      ? ['integer', 'bigint']
      : [...Object.keys(KINDS), ...enums.map(({ id }) => id)]
    column.kind = pick(kinds)
    if (NUMBERED.includes(column.kind)) column.isArray = false
  }),
  toggleArray: onColumn((column) => {
    if (column.refersTo || NUMBERED.includes(column.kind)) return false
    column.isArray = !column.isArray
  }),
  toggleNotNull: onColumn((column) => {
    column.notNull = !column.notNull
  }),
  toggleDefault: onColumn((column) => {
    column.hasDefault = !column.hasDefault && !column.refersTo
  }),
  toggleReference: onColumn((column) => {
    if (!column.refersTo) return false
    column.refersTo = null
  }),
  toggleUnique: onColumn(({ id }, table) => {
    table.uniques = toggled(table.uniques, [id])
  }),
  toggleIndex: onColumn(({ id, kind }, table, _, { once }) => {
    if (kind === 'json') return false
    table.indexes = once(2) ? [] : [...table.indexes, { columns: [id], isPartial: once(2) }]
  }),
  toggleCheck: onColumn(({ id }, table) => {
    table.checks = toggled(table.checks, id)
  }),
}

function onEnum(change: (it: Spec['enums'][number], chance: Chance) => unknown): Change {
  return ({ enums }, chance) => enums.length > 0 && change(chance.pick(enums), chance) !== false
}

function onTable(change: (table: TableSpec, spec: Spec, chance: Chance) => unknown): Change {
  return (spec, chance) => spec.tables.length > 0 && change(chance.pick(spec.tables), spec, chance) !== false
}

/** On a column that is not its table's key. */
function onColumn(
  change: (column: ColumnSpec, table: TableSpec, spec: Spec, chance: Chance) => unknown,
): Change {
  return onTable(
    (table, spec, chance) =>
      table.columns.length > 1 && change(chance.pick(table.columns.slice(1)), table, spec, chance) !== false,
  )
}

function addColumn(table: TableSpec, { enums }: Spec, { pick, once, fresh }: Chance): void {
  const column = columnOf(`c${fresh()}`, pick([...Object.keys(KINDS), ...enums.map(({ id }) => id)]))
  const isArray = once(6) && !NUMBERED.includes(column.kind)
  table.columns.push({ ...column, notNull: once(3), hasDefault: once(3), isArray })
}

const isReferred = ({ id }: TableSpec, tables: TableSpec[]) =>
  tables.some(({ columns }) => columns.some(({ refersTo }) => refersTo === id))

function rename(it: { name: string }, fresh: () => number): void {
  it.name = `${it.name.replace(/\d.*/, '')}${fresh()}`
}

const remove = <T>(all: T[], it: T): boolean => all.splice(all.indexOf(it), 1).length > 0

const toggled = <T>(all: T[], it: T): T[] => {
  const others = all.filter((other) => String(other) !== String(it))
  return others.length < all.length ? others : [...all, it]
}
