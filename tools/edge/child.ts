/** Runs a command attached to the terminal and returns its exit code. What stops this process stops the command first. */
export async function runAttached(
  command: string[],
  options: { env: Record<string, string | undefined>; cwd?: string },
): Promise<number> {
  const child = Bun.spawn(command, { ...options, stdio: ['inherit', 'inherit', 'inherit'] })
  const stop = (signal: NodeJS.Signals) => child.kill(signal)
  for (const signal of SIGNALS) process.on(signal, stop)
  const code = await child.exited
  for (const signal of SIGNALS) process.off(signal, stop)
  return code
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
