import { connect } from '../db/bun-sql.ts'
import { serve } from './server.ts'

await serve({
  env: process.env,
  isTerminal: process.stdout.isTTY,
  connect,
  listen({ host, port }, handler) {
    const server = Bun.serve({
      hostname: host,
      port,
      fetch: (request, server) => handler(request, server.requestIP(request)?.address),
    })
    return { url: server.url.origin, stop: () => server.stop() }
  },
  onStopSignal(listener) {
    process.once('SIGTERM', listener)
    process.once('SIGINT', listener)
  },
  exit: process.exit,
})
