import { isLoopback, runCommand } from '@hearth/neon-local'
import { databaseUrl } from './databases.ts'
import { runTool } from './error.ts'

// What `make neon` does: the command `neon-local`, in front of the development database unless --upstream names another.
await runTool(() =>
  runCommand(process.argv.slice(2), (port) => databaseUrl('development', withoutEndpoint(port))),
)

// An app that uses this endpoint has its address in DATABASE_URL.
function withoutEndpoint(port: number): typeof process.env {
  const { DATABASE_URL, ...others } = process.env
  return DATABASE_URL !== undefined && namesEndpoint(DATABASE_URL, port) ? others : process.env
}

function namesEndpoint(databaseUrl: string, port: number): boolean {
  if (!URL.canParse(databaseUrl)) return false
  const url = new URL(databaseUrl)
  return isLoopback(url.hostname) && Number(url.port) === port
}
