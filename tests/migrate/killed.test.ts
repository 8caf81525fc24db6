import { expect, test } from 'bun:test'
import { killAtRandom, PAIRS, resultOf } from '../support/killing.ts'
import { withMigrations } from '../support/migrations.ts'

const KILLS = Number(process.env.KILLS ?? 6)

test(
  `killed ${KILLS} times at random moments, each migration is there wholly or not at all, and the next run finishes`,
  () =>
    withMigrations(PAIRS, async (world) => {
      let interrupted = 0
      while (interrupted < KILLS) {
        const { applied } = await resultOf(world)
        const isUp = applied === 0 || (applied < PAIRS.length && Math.random() < 0.5)
        if (await killAtRandom(world, isUp ? ['up'] : ['down', '--to', 'none', '--yes'])) interrupted += 1
        expect((await resultOf(world)).halves).toEqual([])
      }
      expect(await world.migrate('up')).toMatchObject({ code: 0, err: '' })
      expect(await resultOf(world)).toEqual({ applied: PAIRS.length, halves: [] })
    }),
  KILLS * 5_000,
)
