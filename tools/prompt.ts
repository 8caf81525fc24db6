import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { ToolError } from './error.ts'

/** Asks for a secret on the terminal without showing what is typed. Throws `ToolError` where there is no terminal. */
export async function askSecret(question: string, otherwise: string): Promise<string> {
  if (!process.stdin.isTTY) throw new ToolError(otherwise)
  process.stderr.write(question)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  try {
    return await terminal.question('')
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}
