import { connect } from 'node:net'

/** What came back on the wire. `cameBeforeTheEnd` says that the response came before the request was sent to its end. */
export type RawReply = {
  status: number
  headers: Headers
  body: string
  ms: number
  cameBeforeTheEnd: boolean
}

const TIMEOUT_MS = 20_000

/** Sends bytes to the server at `url`, the rest of them `after` a pause, and reads one response. */
export function exchange(url: string, request: string, { after = '', pauseMs = 0 } = {}): Promise<RawReply> {
  const { hostname, port } = new URL(url)
  const { promise, resolve, reject } = Promise.withResolvers<RawReply>()
  const start = performance.now()
  let isSent = after === ''
  let received = ''
  const socket = connect({ host: hostname, port: Number(port) }, () => {
    socket.write(Buffer.from(request, 'latin1'))
    setTimeout(() => {
      isSent = true
      socket.write(after)
    }, pauseMs)
  })
  const finish = () => {
    const reply = parse(received)
    if (!reply) return
    clearTimeout(timer)
    socket.destroy()
    resolve({ ...reply, ms: performance.now() - start, cameBeforeTheEnd: !isSent })
  }
  const timer = setTimeout(() => {
    socket.destroy()
    reject(new Error(`No response to: ${request.slice(0, 200)}`))
  }, TIMEOUT_MS)
  const isHead = request.startsWith('HEAD')
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1')
    if (isComplete(received, isHead)) finish()
  })
  socket.on('close', finish)
  socket.on('error', reject)
  return promise
}

function parse(received: string): Pick<RawReply, 'status' | 'headers' | 'body'> | null {
  const [head = '', ...rest] = received.split('\r\n\r\n')
  const [line = '', ...fields] = head.split('\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(line)?.[1])
  if (!status) return null
  const headers = new Headers(fields.map((field) => field.split(/: ?(.*)/).slice(0, 2) as [string, string]))
  return { status, headers, body: rest.join('\r\n\r\n') }
}

// A body of declared length, or a chunked one.
function isComplete(received: string, isHead: boolean): boolean {
  const reply = received.includes('\r\n\r\n') ? parse(received) : null
  if (!reply || isHead) return reply !== null
  const length = reply.headers.get('Content-Length')
  return length === null ? reply.body.endsWith('0\r\n\r\n') : reply.body.length >= Number(length)
}
