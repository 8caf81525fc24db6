import { activityQuery, type Intruder, readActivity, type Watch, withoutOwn } from './activity.ts'
import type { TestConnection } from './connection.ts'
import { takeInventory } from './ownership.ts'
import { type Baseline, deleteSurvivors, dropForeign, findSurvivors, type Survivor } from './survivors.ts'

/** What happened past the sandbox while a test ran. */
export type Leaks = {
  /** The test's connection broke. */
  isLost: boolean
  /** Its transaction ended before it did. */
  committed: boolean
  intruders: Intruder[]
  survivors: Survivor[]
  /** Tables and views. */
  created: string[]
}

/**
 * Finds and undoes what happens past the sandbox. Whoever writes there has a session of the server, so the sessions are
 * looked at after each test, which costs the same for any number of tables; the tables only when there was another session.
 */
export class LeakDetector {
  readonly #watch: Watch
  readonly #rebuild: () => Promise<void>
  #baseline: Promise<Baseline> | undefined
  #sessions: string | undefined
  #checked: string | undefined

  /** `rebuild` builds the database again: rows of the blueprint that are lost can be had no other way. */
  constructor(watch: Watch, rebuild: () => Promise<void>) {
    this.#watch = watch
    this.#rebuild = rebuild
  }

  /** Resets `connection` and returns what happened since the last check. `always` looks at the tables in any case. */
  async check(connection: TestConnection, always = false): Promise<Leaks> {
    const { rows, kept } = await connection.reset(activityQuery(this.#watch, this.#checked))
    const { intruders: found, hasHidden, sessions, checked } = readActivity(rows)
    const intruders = await withoutOwn(found)
    const isNew = this.#checked !== undefined && sessions !== this.#sessions
    const isSuspicious = always || !kept || intruders.length > 0 || hasHidden || isNew
    this.#sessions = sessions
    this.#checked = checked
    const created = isSuspicious ? await dropForeign(connection.tx) : []
    const survivors = isSuspicious ? await this.clean(connection) : []
    return { isLost: false, committed: !kept, intruders, survivors, created }
  }

  /** Makes the rows of the tables those of the blueprint, and returns which were not. */
  async clean(connection: TestConnection): Promise<Survivor[]> {
    const { tx } = connection
    this.#baseline ??= readBaseline(connection)
    const survivors = await findSurvivors(tx, await this.#baseline)
    const isBaselineLost = survivors.some(({ isBaseline }) => isBaseline)
    if (survivors.length > 0 && !isBaselineLost) await deleteSurvivors(tx, survivors)
    await connection.commit('select')
    if (isBaselineLost) {
      await this.#rebuild()
      this.#baseline = undefined
    }
    return survivors
  }
}

const readBaseline = async ({ tx }: TestConnection) => (await takeInventory(tx)).mark?.baseline ?? {}
