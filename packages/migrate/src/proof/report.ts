import type { Hazard } from '../plan/hazards.ts'
import type { Plan } from '../plan/plan.ts'
import type { Impact } from './observe.ts'
import type { Proof } from './prove.ts'

/** What a proof found, for people, a line each. `isTried`: it was not left out. */
export function report(
  { up, down, rows, differences, columnOrder, impacts, empty }: Proof,
  isTried = true,
): string[] {
  const filled = rows === 1 ? 'one row in each table' : `${rows} rows in each table`
  const proved = `Proved on a scratch database with ${filled}: up equals a fresh install of the models, down leads back exactly, up again works.`
  const sections: [title: string, lines: string[]][] = [
    ['NOT PROVED; the files say so too:', differences],
    ['Had no rows, since no sample fits:', empty],
    ['Rows that exist get what nobody gave, in the up migration:', fillsOf(up)],
    ['Rows that exist get what nobody gave, in the down migration:', fillsOf(down)],
    ['The up migration loses:', words(up.loses)],
    ['The up migration fails if there are:', words(up.blockedBy)],
    ['The down migration loses:', words(down.loses)],
    ['The down migration fails if there are:', words(down.blockedBy)],
    ['Seen during the up migration, until its end:', impacts.map(seen)],
    ['Columns are in another order than in a fresh install, as Postgres only appends:', columnOrder],
  ]
  return [
    ...(isTried ? [] : ['Not proved, as was asked for; the files say so too.']),
    ...(isTried && differences.length === 0 ? [proved] : []),
    ...sections
      .filter(([, lines]) => lines.length > 0)
      .flatMap(([title, lines]) => [title, ...lines.map(indented)]),
  ]
}

const words = (hazards: Hazard[]): string[] => hazards.map(({ what }) => what)
const indented = (line: string): string => `  ${line}`

// `addColumn` announces them in the SQL itself.
const fillsOf = ({ statements }: Plan): string[] =>
  statements.flatMap((it) => it.match(/^-- Rows that exist get (.*)\.$/m)?.[1] ?? [])

const seen = (impact: Impact): string => `${inWords(impact)}: ${firstLine(impact.statement)}`

const inWords = ({ table, effect }: Impact) => `${effect}${effect === 'rewrites' ? '' : ' of'} ${table}`

/** The lines at the head of a file that say what it does to tables, for `up` to announce; adding an empty column takes no time. */
export function impactLines(impacts: Impact[]): string[] {
  const slow = impacts.filter(
    ({ effect, statement }) => effect !== 'blocks reads and writes' || !isBrief(statement),
  )
  return [...new Set(slow.map((impact) => `-- hearth: ${inWords(impact)}`))]
}

// What changes the catalog only.
const isBrief = (statement: string) =>
  !/\b(SET DATA TYPE|SET NOT NULL|ADD CONSTRAINT|CREATE|UPDATE)\b/.test(statement)

function firstLine(statement: string): string {
  const line = statement.split('\n').find((it) => !it.startsWith('--')) ?? ''
  return line.length > 100 ? `${line.slice(0, 99)}…` : line
}
