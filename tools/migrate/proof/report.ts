import type { Proof } from './prove.ts'

/** What a proof found, for people, a line each. */
export function report({ up, down, rows, differences, columnOrder, impacts, empty }: Proof): string[] {
  const filled = rows === 1 ? 'one row in each table' : `${rows} rows in each table`
  const proved = [
    `Proved on a scratch database with ${filled}: up equals a fresh install of the models, down leads back exactly, up again works.`,
  ]
  const doubts = ['NOT PROVED; the files say so too:', ...differences.map((it) => `  ${it}`)]
  return [
    ...(differences.length === 0 ? proved : doubts),
    ...section('Had no rows, since no sample fits:', empty),
    ...section(
      'The way up loses:',
      up.loses.map(({ what }) => what),
    ),
    ...section(
      'The way up fails if there are:',
      up.blockedBy.map(({ what }) => what),
    ),
    ...section(
      'The way back loses:',
      down.loses.map(({ what }) => what),
    ),
    ...section(
      'The way back fails if there are:',
      down.blockedBy.map(({ what }) => what),
    ),
    ...section(
      'Seen on the way up, until its end:',
      impacts.map(
        ({ table, effect, statement }) =>
          `${effect} ${effect === 'rewrites' ? '' : 'of '}${table}: ${firstLine(statement)}`,
      ),
    ),
    ...section(
      'Columns stand in another order than in a fresh install, as Postgres only appends:',
      columnOrder,
    ),
  ]
}

const section = (title: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)]

function firstLine(statement: string): string {
  const line = statement.split('\n').find((it) => !it.startsWith('--')) ?? ''
  return line.length > 100 ? `${line.slice(0, 99)}…` : line
}
