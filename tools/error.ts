/** A mistake or an obstacle that the person at the terminal can mend: one sentence, shown without a stack trace. */
export class ToolError extends Error {
  override name = 'ToolError'
  /** 1: it failed. 2: nothing was done, because a person must decide first. */
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Runs a command's body; a `ToolError` becomes its sentence on stderr and its exit code, anything else keeps its stack. */
export async function runTool(body: () => Promise<number | undefined>): Promise<void> {
  try {
    process.exitCode = (await body()) ?? 0
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    console.error(error.message)
    process.exitCode = error.exitCode
  }
}
