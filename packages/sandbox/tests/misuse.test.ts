import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { MISUSES } from './misuses.ts'
import { DRIVERS, type Report, startProject } from './project.ts'
import { REFUSALS } from './refusals.ts'

setDefaultTimeout(120_000)
const FILES = ['statements', 'past', 'hanging', 'outside'].map((name) => `./${name}-tests.ts`)

// Most of their time these tests wait for what hangs, so the drivers are tried at once.
const projects = await Promise.all(DRIVERS.map(() => startProject()))
const running = DRIVERS.map((driver, i) => projects[i]?.run(FILES, { TEST_DRIVER: driver }))
afterAll(async () => {
  for (const project of projects) await project.remove()
})

describe.each(DRIVERS)('over %s', (driver) => {
  let report: Report
  beforeAll(async () => {
    report = (await running[DRIVERS.indexOf(driver)]) as Report
  })

  // Under load, postgres.js can wait without end for a connection that a test before killed.
  const isOpen = ({ test: name }: (typeof MISUSES)[number]) =>
    !(driver === 'postgres-js' && name === 'more tests at once than connections')

  test.each(MISUSES.filter(isOpen))('$test', ({ test: name, report: sentence }) => {
    const isOf = (line: string) => line === name || line.startsWith(`${name} > `)
    if (sentence === null) {
      const failed = report.failed.filter(isOf)
      expect([failed, failed.length > 0 ? report.text : '']).toEqual([[], ''])
      expect(report.passed.filter(isOf).length).toBeGreaterThan(0)
    } else {
      expect(report.text).toContain(sentence)
      // A query after the end belongs to a test that was reported already: the run fails at its end.
      if (name !== 'a query comes after the end') expect(report.failed.filter(isOf).length).toBeGreaterThan(0)
    }
    if (!report.passed.includes(`after: ${name}`)) throw new Error(report.text)
    expect(report.code).toBe(1)
  })
})

test('docs/misuse.md has the tables', async () => {
  const file = Bun.file(join(import.meta.dir, '../docs/misuse.md'))
  const shown = (report: string | null) =>
    report === null ? 'nothing: it is fine' : `… ${report.trim()}${/[.)]$/.test(report) ? '' : ' …'}`
  const tables = [
    ['| what a test does | what it reports | the next test starts clean |', '|---|---|---|'],
    ['| how it is set up | what it says, before anything changes |', '|---|---|'],
  ]
  for (const { what, report } of MISUSES) tables[0]?.push(`| ${what} | ${shown(report)} | yes |`)
  for (const { what, report } of REFUSALS) tables[1]?.push(`| ${what} | ${shown(report)} |`)
  for (const lines of tables) {
    const [heading = ''] = lines
    const [before = '', after = ''] = (await file.text()).split(heading)
    const table = lines.join('\n')
    if (process.env.WRITE_DOCS) await Bun.write(file, before + table + after.replace(/^(\n\|.*)+/, ''))
    expect(await file.text()).toContain(table)
  }
})
