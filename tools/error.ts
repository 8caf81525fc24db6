/** A mistake or an obstacle that the person at the terminal can mend: one sentence, shown without a stack trace. */
export class ToolError extends Error {
  override name = 'ToolError'
}

/** Runs a command's body; a `ToolError` becomes its sentence on stderr and exit code 1, anything else keeps its stack. */
export async function runTool(body: () => Promise<number | undefined>): Promise<void> {
  try {
    process.exitCode = (await body()) ?? 0
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
