import { expect, test } from 'bun:test'
import { killAtRandom, resultOf, slowMigrations } from '../support/killing.ts'
import { withMigrations } from '../support/migrations.ts'

test('killed at a random moment, it leaves each migration wholly applied or not at all, and the next run finishes', () =>
  withMigrations(slowMigrations, async (world) => {
    const moments = Array.from({ length: 4 }, () => Math.random())
    for (const moment of moments) {
      await killAtRandom(world, moment)
      expect((await resultOf(world)).halves).toBe(0)
    }
    expect((await world.migrate('up')).code).toBe(0)
    expect(await resultOf(world)).toEqual({ applied: slowMigrations.length, halves: 0 })
  }))
