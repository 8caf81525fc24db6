import { createServer } from 'node:net'
import { ToolError } from '../error.ts'

/** Returns `wanted` if nothing listens there on 127.0.0.1, else a port that is free. Throws `ToolError` when none is. */
export function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', () =>
      wanted === 0 ? reject(new ToolError('No free port on 127.0.0.1.')) : resolve(freePort(0)),
    )
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : wanted))
    })
  })
}
