import { createInterface, type Interface } from 'node:readline/promises'
import { Refusal } from './refusal.ts'

/** Asks a question that can be answered with y or yes; everything else is no. Throws `unconfirmed` when it is cancelled. */
export async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await ask(terminal, question)).trim())
  } finally {
    terminal.close()
  }
}

/** Asks to choose one of `options` by its number, until an answer is one of them; returns its index. Throws `unconfirmed` when it is cancelled. */
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
    throw new Refusal('unconfirmed', 'Cancelled; nothing was done.')
  })
}
