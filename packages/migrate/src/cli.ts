#!/usr/bin/env node
import { runCommand } from './run-command.ts'
import { standalone } from './standalone.ts'

process.exitCode = await runCommand(process.argv.slice(2), standalone())
