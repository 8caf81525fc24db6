import { join } from 'node:path'
import type { Config } from '../../src/config.ts'
import { runTool } from '../error.ts'
import { fetchPackages } from '../packages.ts'
import { openApiDocument } from './document.ts'

/** A checker returns the faults of a document, each in words. */
type Checker = { name: string; faultsOf: (document: object) => Promise<string[]> }

const SETTINGS: Record<string, Partial<Config>> = {
  'the default settings': {},
  'closed registration and longer passwords': { registration: 'closed', passwordMinLength: 15 },
}

/** Returns what two validators and Redocly's recommended rules, of which warnings count too, complain of. */
export async function faultsOf(document: object): Promise<string[]> {
  const checkers = await loadCheckers()
  const found = await Promise.all(
    checkers.map(async ({ name, faultsOf }) =>
      (await faultsOf(document)).map((fault) => `${name}: ${fault}`),
    ),
  )
  return found.flat()
}

async function loadCheckers(): Promise<Checker[]> {
  const folder = join(import.meta.dir, 'packages/checkers')
  await fetchPackages(folder, 'the checkers of OpenAPI documents')
  const load = (name: string) => import(Bun.resolveSync(name, folder))
  const { validate }: Hyperjump = await load('@hyperjump/json-schema/openapi-3-1')
  const { Validator }: Seriousme = await load('@seriousme/openapi-schema-validator')
  const redocly: Redocly = await load('@redocly/openapi-core')
  return [
    {
      name: 'hyperjump',
      async faultsOf(document) {
        const { valid, errors = [] } = await validate(
          'https://spec.openapis.org/oas/3.1/schema-base',
          document,
          'BASIC',
        )
        return valid ? [] : errors.map(({ instanceLocation }) => instanceLocation)
      },
    },
    {
      name: 'seriousme',
      async faultsOf(document) {
        const { valid, errors } = await new Validator().validate(document)
        return valid ? [] : [JSON.stringify(errors)]
      },
    },
    {
      name: 'Redocly',
      async faultsOf(document) {
        const config = await redocly.createConfig({ extends: ['recommended'] })
        const problems = await redocly.lintFromString({ source: JSON.stringify(document), config })
        return problems.map(({ severity, ruleId, message }) => `${severity} ${ruleId}: ${message}`)
      },
    },
  ]
}

// The part of each package that is used here: the packages are fetched when the check first runs.
type Hyperjump = {
  validate: (
    schema: string,
    value: object,
    format: 'BASIC',
  ) => Promise<{ valid: boolean; errors?: { instanceLocation: string }[] }>
}
type Seriousme = {
  Validator: new () => { validate: (document: object) => Promise<{ valid: boolean; errors?: unknown }> }
}
type Redocly = {
  createConfig: (config: { extends: string[] }) => Promise<object>
  lintFromString: (options: {
    source: string
    config: object
  }) => Promise<{ severity: string; ruleId: string; message: string }[]>
}

// A part of `make check`.
if (import.meta.main) {
  await runTool(async () => {
    let faults = 0
    for (const [name, changes] of Object.entries(SETTINGS)) {
      const found = await faultsOf(await openApiDocument(changes))
      for (const fault of found) console.error(`With ${name}: ${fault}`)
      faults += found.length
    }
    if (faults === 0)
      console.log('OpenAPI: two validators and Redocly’s recommended rules find 0 errors and 0 warnings')
    return faults === 0 ? 0 : 1
  })
}
