import { DatabaseError } from 'pg'

/** An error of the endpoint itself, as the response to a request; `code` is a SQLSTATE where one fits. */
export class HttpError extends Error {
  override name = 'HttpError'
  readonly status: number
  readonly code: string | undefined

  constructor(status: number, message: string, code?: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** The error of a failed connection to Postgres, as Neon's proxy reports it: the client's own mistakes have status 400. */
export function connectError(error: unknown, address: string): unknown {
  const isRefusal = error instanceof DatabaseError
  if (isRefusal && /^(28|3D)/.test(error.code ?? '')) return error
  const { message, code } = error as { message: string; code?: string }
  const reason = isRefusal ? message : (code ?? message)
  return new HttpError(
    500,
    `Could not connect to Postgres at ${address}: ${reason}`,
    isRefusal ? code : undefined,
  )
}
