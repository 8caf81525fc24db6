import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { DATABASES } from '../../tools/databases.ts'
import { PATIENT_MS, tablesNamed, withMigrations } from '../support/migrations.ts'

setDefaultTimeout(PATIENT_MS)

const COMMANDS = ['create', 'up', 'down', 'current', 'history', 'check', 'plan', 'stamp', 'drop']

describe('the command line', () => {
  test('explains itself, and refuses what it does not know', () =>
    withMigrations([], async ({ migrate, json }) => {
      const help = await migrate('--help')
      expect(help).toMatchObject({ code: 0, err: '' })
      for (const name of COMMANDS) expect(help.out).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
      const own = await migrate('down', '--help')
      for (const words of ['--steps N', '--to REV', '--yes', '--json', 'Exit codes: 0 done, 1 failed, 2']) {
        expect(own.out).toContain(words)
      }
      expect(await migrate('sideways')).toMatchObject({
        code: 1,
        err: expect.stringContaining('no command sideways'),
      })
      expect((await json('up', '--sideways')).result.error).toEqual({
        code: 'usage',
        message: expect.stringContaining("'--sideways'"),
      })
      expect((await json('up', '--lock-timeout', 'x')).result.error.code).toBe('usage')
    }))

  test('says there is nothing where there are no migrations', () =>
    withMigrations([], async ({ migrate }) => {
      expect((await migrate('up')).out).toMatch(/^Nothing to apply: .* is at none\.$/)
      expect((await migrate('history')).out).toBe('There are no migrations.')
    }))

  test('never touches the test database', () =>
    withMigrations(tablesNamed('a'), async ({ migrateOn, url }) => {
      const test = new URL(url)
      test.pathname = DATABASES.test
      for (const args of [['up'], ['down', '--yes'], ['stamp', '--rev', '0000']]) {
        const { code, err } = await migrateOn(test.href, ...args)
        expect([code, err]).toEqual([1, expect.stringContaining('names the test database')])
      }
    }))

  test('prints no password, whatever goes wrong', () =>
    withMigrations(
      [
        ...tablesNamed('a'),
        { name: '0001_row', up: "insert into a values (1, 'hunter2')" },
        { name: '0002_fails', up: 'alter table a alter note type int using note::int' },
      ],
      async ({ migrate, migrateOn, url }) => {
        const { password } = new URL(url)
        const wrong = new URL(url)
        wrong.password = 's3cret'
        const nowhere = new URL(wrong)
        nowhere.pathname = 'hearth_nowhere'
        nowhere.password = password
        const failing = [
          await migrate('up'),
          await migrateOn(wrong.href, 'up'),
          await migrateOn(nowhere.href, 'up'),
          await migrateOn('postgres://u:s3cret@127.0.0.1:1/x', 'up', '--json'),
          await migrateOn('postgres://u:s3cret@x', 'up'),
        ]
        const said = failing.map(({ out, err }) => out + err).join('')
        expect(failing.map(({ code }) => code)).toEqual([1, 1, 1, 1, 1])
        for (const words of [
          'invalid input syntax for type integer',
          'refuses the user',
          'has no database of that name',
          'does not answer',
          'must look like',
        ]) {
          expect(said).toContain(words)
        }
        for (const secret of ['hunter2', 's3cret', password]) expect(said).not.toContain(secret)
      },
    ))
})
