import { variables } from '../config.ts'
import { connect } from '../db/postgres-js.ts'
import { serve } from './server.ts'

await serve({
  env: Object.fromEntries(variables.map((name) => [name, Deno.env.get(name)])), // it may read no others
  isTerminal: Deno.stdout.isTerminal(),
  connect,
  listen({ host, port }, handler) {
    const onListen = () => {} // the banner says it
    const server = Deno.serve({ hostname: host, port, onListen }, (request, { remoteAddr }) =>
      handler(request, remoteAddr.hostname),
    )
    const name = host.includes(':') ? `[${host}]` : host // RFC 3986, section 3.2.2
    return { url: `http://${name}:${server.addr.port}`, stop: () => server.shutdown() }
  },
  onStopSignal(listener) {
    Deno.addSignalListener('SIGTERM', listener)
    Deno.addSignalListener('SIGINT', listener)
  },
  onUncaught(listener) {
    addEventListener('unhandledrejection', (event: Event) => {
      event.preventDefault() // otherwise the process ends
      listener((event as PromiseRejectionEvent).reason)
    })
    addEventListener('error', (event: Event) => {
      event.preventDefault()
      listener((event as ErrorEvent).error)
    })
  },
  exit: Deno.exit,
})
