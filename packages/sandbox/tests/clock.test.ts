import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { DRIVERS, startProject } from './project.ts'

setDefaultTimeout(60_000)
const project = await startProject()
afterAll(() => project.remove())

// Each run has another edition of the blueprint, so the database is built again: roles and schemas are there already then.
test.each(DRIVERS)('time and roles over %s', async (driver) => {
  const { code, failed, passed, text } = await project.run(['./clock-tests.ts'], {
    TEST_DRIVER: driver,
    EDITION: driver,
  })
  expect([code, failed, code === 0 ? '' : text]).toEqual([0, [], ''])
  expect(passed.length).toBe(14)
})
