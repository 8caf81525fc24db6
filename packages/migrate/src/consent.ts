import type { Context } from './command.ts'
import { confirm } from './prompt.ts'
import { Refusal } from './refusal.ts'
import type { Price } from './run/price.ts'
import { flag } from './wording.ts'

/** Asks whether to `act`, such as `Go back`. Throws `unconfirmed` (exit code 2) for a no, and where nobody can be asked. */
export async function askFor({ print }: Pick<Context, 'print'>, act: string, prices: Price[]): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new Refusal(
      'unconfirmed',
      `Nothing was changed: give ${flag('yes')} to ${act.toLowerCase()} without being asked.`,
      2,
      { prices },
    )
  }
  if (await confirm(`${act}? [y/N] `)) return
  print('Nothing was changed.')
  throw new Refusal('unconfirmed', 'You said no.', 2)
}
