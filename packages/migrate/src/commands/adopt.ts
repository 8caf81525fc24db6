import { adopt as adoptAll } from '../adopt/adopt.ts'
import { command } from '../command.ts'
import { migrationsOf } from '../project.ts'
import { shownPath } from '../script.ts'

/** `adopt`: writes the down migrations that a folder of drizzle-kit's lacks, each proved from where its migration begins. */
export const adopt = command({
  summary: 'write the down migrations that are missing, proved on a scratch database',
  options: {},
  async run(context) {
    const folder = migrationsOf(context)
    const adopted = await adoptAll(folder, await context.scratch())
    if (adopted.length === 0) context.print('Nothing to adopt: every migration has a down migration.')
    for (const { name, file, differences, loses } of adopted) {
      const result = file ? `wrote ${shownPath(file)}` : 'has none; write it by hand'
      context.print(`${name}: ${result}${differences.length === 0 ? ', proved' : ''}`)
      for (const what of loses) context.print(`  it loses ${what}`)
      for (const difference of differences) context.print(`  not proved: ${difference}`)
    }
    const isProved = adopted.every(({ differences }) => differences.length === 0)
    return { exitCode: isProved ? 0 : 2, data: { isProved, adopted } }
  },
})
