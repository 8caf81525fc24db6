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

/** Asks a question that can be answered with y or yes; everything else is no. Throws `ToolError` when it is cancelled. */
export async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await ask(terminal, question)).trim())
  } finally {
    terminal.close()
  }
}

/** Asks to choose one of `options` by its number, until an answer is one of them; returns its index. Throws `ToolError` when it is cancelled. */
export async function choose(question: string, options: string[]): Promise<number> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const list = options.map((option, n) => `  ${n + 1}. ${option}`).join('\n')
  try {
    for (;;) {
      const answer = await ask(terminal, `${question}\n${list}\n1-${options.length}: `)
      const choice = /^\d+$/.test(answer.trim()) ? Number(answer) - 1 : -1
      if (options[choice] !== undefined) return choice
    }
  } finally {
    terminal.close()
  }
}

// Ctrl-C and Ctrl-D reject the question.
function ask(terminal: Interface, question: string): Promise<string> {
  return terminal.question(question).catch(() => {
    throw new ToolError('Cancelled; nothing was done.')
  })
}
