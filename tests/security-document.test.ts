import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { LIMITS } from '../src/access/limits.ts'

const document = await Bun.file('docs/security.md').text()
const rows = [
  ...document.matchAll(/^\| ([\d., ]+) \| [12, ]+ \| \**(holds|fails|unverifiable)\** \| .* \| (.*) \|$/gm),
].map(([, ids = '', state, tests = '']) => ({ ids: ids.split(', '), state, tests }))

test('every test that the ASVS table names exists', () => {
  const named = rows.flatMap(({ tests }) => tests.replace(/;.*/, '').split(', ').filter(Boolean))
  const paths = named.map((name) => (name.includes('/') ? name : `${name}.test`))
  expect(paths.filter((path) => !existsSync(`tests/${path}.ts`))).toEqual([])
})

test('the ASVS table adds up', () => {
  const count = (state: string) => rows.filter((row) => row.state === state).flatMap(({ ids }) => ids).length
  expect(document).toContain(
    `${count('holds')} hold, ${count('fails')} fail, ${count('unverifiable')} depend`,
  )
  expect(count('holds') + count('fails') + count('unverifiable')).toBe(149)
})

test('the limits are those of the code, and keep guesses below 100 an hour', () => {
  const perHour = ({ burst, pace }: { burst: number; pace: number }) => burst + Math.floor(3600 / pace)
  const { newPlaces, knownPlaces, place } = LIMITS.signIn
  expect(perHour(newPlaces) + perHour(knownPlaces)).toBe(99)
  for (const wide of [newPlaces, knownPlaces])
    expect(place.burst < wide.burst && place.pace > wide.pace).toBe(true)
  expect(document).toContain(
    `| ${place.burst} | ${3600 / place.pace} an hour; a right password forgives them |`,
  )
  expect(document).toContain(`| ${newPlaces.burst} | ${3600 / newPlaces.pace} an hour |`)
  expect(document).toContain(`| ${knownPlaces.burst} | ${3600 / knownPlaces.pace} an hour |`)
})
