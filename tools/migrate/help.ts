import type { Command } from './command.ts'

const COMMON = `
  --json          print the result as JSON, for machines
  --folder PATH   the folder of migrations (default drizzle/)

It works on the database that DATABASE_URL names, else on the embedded development database.
Exit codes: 0 done, 1 failed, 2 a decision is needed first.`

/** The help of the whole tool. */
export function overview(commands: Record<string, Command>): string {
  const list = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`)
  return `Usage: bun tools/migrate/cli.ts COMMAND [options]\n\n${list.join('\n')}\n\n  COMMAND --help  the options of one command${COMMON}`
}

/** The help of one command. */
export function helpOf(name: string, { summary, options }: Command): string {
  const rows = Object.entries(options).map(([option, { value, help }]) => {
    return `  ${`--${option}${value ? ` ${value}` : ''}`.padEnd(25)}${help}\n`
  })
  return `Usage: bun tools/migrate/cli.ts ${name}${rows.length > 0 ? ' [options]' : ''}\n\n${sentence(summary)}\n\n${rows.join('')}${COMMON.trimStart().replace(/^/, '  ')}`
}

const sentence = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}.`
