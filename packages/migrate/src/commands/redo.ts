import { command } from '../command.ts'
import { down } from './down.ts'
import { up } from './up.ts'

/** `redo`: takes the last migration back and applies it again, for whoever is still writing it. */
export const redo = command({
  summary: 'take back the last migration and apply it again',
  options: { yes: { type: 'boolean', help: 'do not ask' } },
  async run(context, { yes = false }) {
    const args = ['--steps', '1', ...(yes ? ['--yes'] : [])]
    const { data: back } = await down.run(context, args)
    const { data: again } = await up.run(context, args)
    return { data: { ...back, ...again } }
  },
})
