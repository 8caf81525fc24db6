import { rm } from 'node:fs/promises'
import { startNeonLocal } from '@hearth/neon-local'
import { bundle, MAIN_MODULE } from '../../tools/edge/bundle.ts'
import { startWorkerd } from '../../tools/edge/workerd.ts'
import { type Launch, SETTINGS } from './runtime.ts'

export const onWorkerd: Launch = async (databaseUrl) => {
  const neon = await startNeonLocal({ upstream: databaseUrl })
  const folder = await bundle()
  const variables = { ...SETTINGS, DATABASE_URL: neon.connectionString() }
  const { url, stop } = await startWorkerd(folder, MAIN_MODULE, variables)
  return {
    url,
    async stop() {
      await stop()
      await neon.stop()
      await rm(folder, { recursive: true })
    },
  }
}
