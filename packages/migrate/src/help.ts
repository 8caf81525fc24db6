import type { Command } from './command.ts'

const COMMON: [option: string, help: string][] = [
  ['--json', 'print the result as JSON, for machines'],
  ['--config PATH', 'another file than drizzle.config.*'],
  ['--folder PATH', 'the folder of migrations (default: the project’s)'],
]

const CLOSING = `It works on the database that DATABASE_URL names.
Exit codes: 0 done, 1 failed, 2 a decision is needed first.`

/** The help of the whole tool. */
export function overview(commands: Record<string, Command>): string {
  const list = Object.entries(commands).map(([name, { summary }]): [string, string] => [name, summary])
  const options: typeof COMMON = [['COMMAND --help', 'the options of one command'], ...COMMON]
  return ['Usage: hearth-migrate COMMAND [options]', rows(list), rows(options), CLOSING].join('\n\n')
}

/** The help of one command. */
export function helpOf(name: string, { summary, options }: Command): string {
  const own = Object.entries(options).map(([option, { value, help }]): [string, string] => {
    return [`--${option}${value ? ` ${value}` : ''}`, help]
  })
  const usage = `Usage: hearth-migrate ${name} [options]`
  return [usage, sentence(summary), rows([...own, ...COMMON]), CLOSING].join('\n\n')
}

function rows(all: [left: string, right: string][]): string {
  const width = Math.max(...all.map(([left]) => left.length))
  return all.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}

const sentence = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}.`
