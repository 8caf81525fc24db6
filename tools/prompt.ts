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

/** Asks a question that can be answered with y or yes; everything else is no. */
export async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim())
  } finally {
    terminal.close()
  }
}

/** Asks to choose one of `options` by its number, until an answer is one of them; returns its index. */
export async function choose(question: string, options: string[]): Promise<number> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const list = options.map((option, n) => `  ${n + 1}. ${option}`).join('\n')
  try {
    for (;;) {
      const answer = await terminal.question(`${question}\n${list}\n1-${options.length}: `)
      const choice = /^\d+$/.test(answer.trim()) ? Number(answer) - 1 : -1
      if (options[choice] !== undefined) return choice
    }
  } finally {
    terminal.close()
  }
}
