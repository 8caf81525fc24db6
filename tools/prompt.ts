import { createInterface, type Interface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { ToolError } from './error.ts'

/** Asks for a secret on the terminal without showing what is typed. Throws `ToolError` where there is no terminal, and when it is cancelled. */
export async function askSecret(question: string, otherwise: string): Promise<string> {
  if (!process.stdin.isTTY) throw new ToolError(otherwise)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  process.stderr.write(question) // only now does the terminal not echo
  try {
    return await ask(terminal, '')
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}

// Ctrl-C and Ctrl-D reject the question.
function ask(terminal: Interface, question: string): Promise<string> {
  return terminal.question(question).catch(() => {
    throw new ToolError('Cancelled; nothing was done.')
  })
}
