/** A test that breaks the rules of the sandbox: the message names the test and says what to do. */
export class SandboxError extends Error {
  override name = 'SandboxError'
}

/** Several breaches in one. */
export const joined = (breaches: SandboxError[]): SandboxError =>
  new SandboxError(breaches.map(({ message }) => message).join('\n'))
