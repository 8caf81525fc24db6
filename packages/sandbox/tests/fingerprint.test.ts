import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fingerprintOf } from '@hearth/sandbox'
import { importsOf } from '../src/fingerprint.ts'

let project = ''
function write(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, name)), { recursive: true })
    writeFileSync(join(project, name), text)
  }
}
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'hearth-test-'))
})
afterAll(() => rmSync(project, { recursive: true }))

const FILES = {
  'tsconfig.json':
    '{ "extends": "./tsconfig.base.json", /* so */ "compilerOptions": { "paths": { "@/*": ["./app/*"], "models": ["./app/all.ts"] } } }',
  'tsconfig.base.json': '{ "compilerOptions": { "strict": true } }',
  'package.json': '{ "name": "shop", "imports": { "#money": "./app/money.ts" } }',
  'app/user.ts': 'export const user = 1',
  'app/all.ts': 'export * from "./folder"',
  'app/folder/index.ts': 'export * from "./deep.js"',
  'app/folder/deep.ts': 'export const deep = 1',
  'app/money.ts': 'export const money = 1',
  'linked/package.json': '{ "name": "linked", "main": "index.ts" }',
  'linked/index.ts': 'export const linked = 1',
}

describe('a fingerprint changes with a file that is imported', () => {
  test.each([
    ["export * from '@/user'", 'app/user.ts'],
    ["export * from './app/user.ts'", 'app/user.ts'],
    ["export * from './app/user'", 'app/user.ts'],
    ["export * from './app/user.js'", 'app/user.ts'],
    ["import { user } from '@/user.js'", 'app/user.ts'],
    ['import "@/user"', 'app/user.ts'],
    ['const user = await import("@/user")', 'app/user.ts'],
    ['const user = require("@/user")', 'app/user.ts'],
    ["export * from 'models'", 'app/folder/deep.ts'],
    ["export * from '#money'", 'app/money.ts'],
    ["export * from 'linked'", 'linked/index.ts'],
  ])('%s', (line, file) => {
    write({ ...FILES, 'schema.ts': line })
    mkdirSync(join(project, 'node_modules'), { recursive: true })
    rmSync(join(project, 'node_modules/linked'), { force: true })
    symlinkSync(join(project, 'linked'), join(project, 'node_modules/linked'))
    const before = fingerprintOf([join(project, 'schema.ts')])
    expect(fingerprintOf([join(project, 'schema.ts')])).toBe(before)
    write({ [file]: '// changed' })
    expect(fingerprintOf([join(project, 'schema.ts')])).not.toBe(before)
  })
})

test('what comments and SQL quote is not an import', () => {
  const source =
    '/* from "a" */ // import "b"\nconst q = sql`select * from "c"`, r = \'select * from "d"\'\nimport e from "e"'
  expect(importsOf(source)).toEqual(['e'])
})

test.each([
  [
    "export * from '~/user'",
    'schema.ts imports "~/user", an alias that neither tsconfig.json nor package.json explains',
  ],
])('%s is reported', (line, sentence) => {
  write({ ...FILES, 'schema.ts': line })
  expect(() => fingerprintOf([join(project, 'schema.ts')])).toThrow(sentence)
})

test('a file that does not exist is reported', () => {
  expect(() => fingerprintOf([join(project, 'nowhere.ts')])).toThrow('nowhere.ts, which does not exist')
})
