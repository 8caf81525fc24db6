/** Options of a command, by name: a value, or true for one that takes none. */
type Options = Record<string, string | number | true>

const speaksMake = () => process.env.HEARTH_MIGRATE_SPEAKS === 'make'

/** How the reader calls a command of this tool: `hearth-migrate down --to 0003`, or with make `make migrate-down TO=0003`. */
export function calling(command: string, options: Options = {}): string {
  const words = Object.entries(options).map(([name, value]) => flag(name, value))
  return [
    '`',
    speaksMake() ? `make migrate-${command}` : `hearth-migrate ${command}`,
    ...words.map((it) => ` ${it}`),
    '`',
  ].join('')
}

/** How the reader gives an option: `--to 0003`, or with make `TO=0003`. */
export function flag(name: string, value: string | number | true = true): string {
  const given = typeof value === 'string' && /[^\w.:-]/.test(value) ? `"${value}"` : value
  if (!speaksMake()) return value === true ? `--${name}` : `--${name} ${given}`
  return `${MAKE_NAMES[name] ?? name.toUpperCase().replaceAll('-', '_')}=${value === true ? 1 : given}`
}

const MAKE_NAMES: Record<string, string> = { message: 'MSG' }
