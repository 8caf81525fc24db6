#!/usr/bin/env node
import { isSentence } from './refusal.ts'
import { runCommand } from './run-command.ts'
import { standalone } from './standalone.ts'

const args = process.argv.slice(2)
const at = args.indexOf('--config')
const [, config] = at < 0 ? [] : args.splice(at, 2)
try {
  process.exitCode = await runCommand(args, await standalone(process.cwd(), config))
} catch (error) {
  if (!isSentence(error)) throw error
  console.error(error.message)
  process.exitCode = error.exitCode
}
