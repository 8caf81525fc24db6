import { denoCommand } from '../../tools/edge/deno.ts'
import { type Launch, startProcess } from './runtime.ts'

export const onDeno: Launch = async (databaseUrl) =>
  startProcess(await denoCommand({ HOST: '127.0.0.1', PORT: '0', DATABASE_URL: databaseUrl }), databaseUrl)
