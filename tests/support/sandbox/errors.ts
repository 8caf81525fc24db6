/** A test that breaks the rules of the sandbox: the message names the test and says what to do. */
export class SandboxError extends Error {
  override name = 'SandboxError'
}
