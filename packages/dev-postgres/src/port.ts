import { createServer } from 'node:net'

// Below the ports that systems give to outgoing connections (Linux from 32768, macOS from 49152), which would often be taken.
const FIRST = 20_000
const COUNT = 10_000

/** The port for a number of at least 16 bits. */
export const portFor = (number: number): number => FIRST + (number % COUNT)

/** The first port from `wanted` on that nothing uses on 127.0.0.1; `wanted` itself when none of many is free. */
export async function freePort(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + 100 && port < 65_536; port++) if (await isFree(port)) return port
  return wanted
}

/** Whether nothing uses this port of 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.on('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
