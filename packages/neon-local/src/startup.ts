import { packet } from './wire.ts'

/** Reads the names and values of a startup packet; each is ended by NUL, after length and version. */
export function readStartup(startup: Buffer): Map<string, string> {
  const words = startup.subarray(8).toString('utf8').split('\0')
  const parameters = new Map<string, string>()
  for (let at = 0; at + 1 < words.length && words[at] !== ''; at += 2) {
    parameters.set(words[at] ?? '', words[at + 1] ?? '')
  }
  return parameters
}

/** The startup packet without the options that are for Neon's proxy; Postgres would refuse them. */
export function forPostgres(startup: Buffer): Buffer {
  const parameters = readStartup(startup)
  const options = parameters.get('options')
  if (options === undefined) return startup
  const left = withoutNeonOptions(options)
  if (left === options) return startup
  if (left) parameters.set('options', left)
  else parameters.delete('options')
  const body = [...parameters].map(([name, value]) => `${name}\0${value}\0`).join('')
  return packet(startup.readInt32BE(4), Buffer.from(`${body}\0`))
}

/**
 * Command-line options without those that Neon's proxy takes out (proxy/src/compute/mod.rs, `filtered_options`):
 * `endpoint=…`, `project=…` and `neon_…:…`. They choose among endpoints, and here there is one.
 */
export function withoutNeonOptions(options: string): string {
  const words = options.match(/(?:\\[\s\S]|[^\s\\]|\\$)+/g) ?? [] // a backslash escapes a space
  const kept = words.filter((word) => !/^(endpoint=|project=|neon_\w+:.)/.test(word))
  return kept.length === words.length ? options : kept.join(' ')
}
