import type { Contract } from './contract.ts'
import type { Problem } from './problem.ts'

/** The operations of the API, as Hono's client takes them: one type for each status that an operation responds with. */
export type Api = {
  [Path in keyof Contract]: { [Method in keyof Contract[Path]]: Responses<Contract[Path][Method]> }
}

type Responses<Operation> = Operation extends {
  input: infer Input
  success: infer Success
  errors: infer Errors
}
  ?
      | (Success & { input: Input })
      | {
          [Status in keyof Errors]: {
            input: Input
            output: Problem<Errors[Status] & string>
            outputFormat: 'json'
            status: Status
          }
        }[keyof Errors]
  : never
