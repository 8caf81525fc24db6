import { type ParseArgsOptionDescriptor, parseArgs } from 'node:util'
import type { Project } from './project.ts'
import { Refusal } from './refusal.ts'

/** What a command gets besides its options. */
export type Context = Project & {
  /** Prints a line of the result for people; silent when the result is printed as JSON. */
  print: (line: string) => void
  /** Prints a line of progress, or a warning, to stderr. */
  say: (line: string) => void
}

/** How a command ended: its exit code, and its result for machines. */
export type Outcome = { exitCode?: 0 | 1 | 2; data: object }

/** An option of the command line: `value` is the placeholder in the help, `help` its line there. */
type Option = ParseArgsOptionDescriptor & { value?: string; help: string }
type Options = Record<string, Option>
type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values']

/** A command of the migration tool. */
export type Command = {
  summary: string
  options: Options
  run: (context: Context, args: string[]) => Promise<Outcome>
}

/** Defines a command whose `run` gets its options parsed. Running it throws `usage` for a command line that makes no sense. */
export function command<const O extends Options>(definition: {
  summary: string
  options: O
  run: (context: Context, values: Values<O>) => Promise<Outcome>
}): Command {
  const { summary, options, run } = definition
  return { summary, options, run: async (context, args) => run(context, parse(options, args)) }
}

/** Reads a whole number, `least` or more, from an option's value. Throws `usage`. */
export function wholeNumber(option: string, value: string | undefined, least: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,6}$/.test(value) && Number(value) >= least) return Number(value)
  throw new Refusal('usage', `--${option} must be a whole number, ${least} or more.`)
}

/** Options that several commands have. */
export const lockTimeout = {
  type: 'string',
  value: 'SECONDS',
  default: '5',
  help: 'give up when another session holds a lock for longer (default 5; 0 waits without limit)',
} as const
export const lockTimeoutMs = (value: string): number => (wholeNumber('lock-timeout', value, 0) ?? 0) * 1000
export const resume = {
  type: 'string',
  value: 'N',
  help: 'take up a migration that stopped half way, at its Nth statement',
} as const

function parse<const O extends Options>(options: O, args: string[]): Values<O> {
  try {
    return parseArgs({ args, options }).values as Values<O>
  } catch (error) {
    throw new Refusal('usage', `${(error as Error).message.split('\n')[0]} (--help lists the options).`)
  }
}
