import { type Launch, startProcess } from './runtime.ts'

export const onBun: Launch = (databaseUrl) =>
  startProcess([process.execPath, 'src/entry/bun.ts'], databaseUrl)
