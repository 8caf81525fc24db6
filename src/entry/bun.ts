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
      maxRequestBodySize: Number.MAX_SAFE_INTEGER, // the app refuses large bodies itself, with a problem
      fetch: (request, server) => handler(absolute(request), server.requestIP(request)?.address),
    })
    return { url: server.url.origin, stop: () => server.stop() }
  },
  onStopSignal(listener) {
    process.on('SIGTERM', listener)
    process.on('SIGINT', listener)
  },
  onUncaught(listener) {
    process.on('unhandledRejection', listener)
    process.on('uncaughtException', listener)
  },
  exit: process.exit,
})

// Without a Host that can be read, as in HTTP/1.0, Bun's URL is the path alone.
function absolute(request: Request): Request {
  return request.url.startsWith('/') ? new Request(`http://localhost${request.url}`, request) : request
}
