import { resolve } from 'node:path'

/** How a server speaks to the person at the keyboard. Every field has a default. */
export type Options = {
  /** Receives a line when something happens that people should know; by default it goes to stderr. */
  say?: (line: string) => void
  /** The commands that messages name, for a project with its own. */
  commands?: Commands
}

/** Shell commands that stop a server, delete its data, and replace its lost password. */
export type Commands = { stop: string; reset: string; newPassword: string }

/** The commands of this package for the server in `dir`. */
export function ownCommands(dir: string): Commands {
  const command = (name: string) => `npx dev-postgres ${name} --dir '${resolve(dir)}'`
  return { stop: command('stop'), reset: command('reset'), newPassword: command('new-password') }
}
