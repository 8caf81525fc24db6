import type { Contract } from '@hearth/client'
import type { ExtractSchema } from 'hono/types'
import type { app } from '../../src/app.ts'
import type { Problem } from '../../src/http/problem.ts'

// Pages, and the document that describes the operations, are not called by typed clients.
type Unlisted = '/' | '/openapi.json' | '/favicon.ico' | `/docs${string}` | `/account${string}`

type Refused = { output: Problem; status: number }
type CodeOf<Type> = Type extends `urn:hearth:problem:${infer Code}` ? Code : never

declare function writtenOut<S>(schema: S): {
  [Path in keyof S as Path extends Unlisted ? never : Path]: {
    [Method in keyof S[Path]]: {
      input: S[Path][Method] extends { input: infer Input } ? Input : never
      success: S[Path][Method] extends infer Each
        ? Each extends Refused
          ? never
          : Each extends { output: infer Body; outputFormat: infer Format; status: infer Status }
            ? { output: Body; outputFormat: Format; status: Status }
            : never
        : never
      errors: {
        [Each in Extract<S[Path][Method], Refused> as Each['status']]: CodeOf<Each['output']['type']>
      }
    }
  }
}
declare const schema: ExtractSchema<typeof app>

/** What each operation takes and responds with, with all types written out: `make client` copies it to the client. */
export const contract = writtenOut(schema)

// If this is an error, the app has changed, and its client has not: run `make client`.
export const isCurrent: [typeof contract, Contract] extends [Contract, typeof contract] ? true : never = true
