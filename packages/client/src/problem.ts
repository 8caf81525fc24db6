/** A rejected part of the input: a JSON pointer (RFC 6901) into the body or the query, and what is wrong there. */
export type FieldError = { pointer: string; detail: string }

/** The body of every error response (RFC 9457). */
export type Problem<Code extends string = string> = {
  type: `urn:hearth:problem:${Code}`
  title: string
  status: number
  detail: string
  errors?: FieldError[]
  instance: string
  requestId: string
}

/** An error response, thrown by `ok`. `code` says which error it is; `status` is 0 for a response that is not a problem. */
export class ProblemError<Code extends string = string> extends Error {
  override readonly name = 'ProblemError'
  readonly code: Code
  readonly status: number
  readonly problem: Problem<Code>

  constructor(problem: Problem<Code>) {
    super(problem.detail)
    this.code = problem.type.split(':').at(-1) as Code
    this.status = problem.status
    this.problem = problem
  }
}

/** Whether something thrown is the error response with this code. */
export const isProblem = <Code extends string>(thrown: unknown, code: Code): thrown is ProblemError<Code> =>
  thrown instanceof ProblemError && thrown.code === code
