import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The path of a Chromium on this machine, null without one: tests that need it are skipped then. */
export const chromium =
  ['chromium', 'chromium-browser', 'google-chrome'].map((it) => Bun.which(it)).find(Boolean) ?? null

/** A page in a headless Chromium. `run` evaluates an expression, of which the promise is awaited. */
export type Page = {
  run: <Result>(expression: string) => Promise<Result>
  command: (method: string, params?: object) => Promise<Record<string, unknown>>
  /** What the browser complained of: errors of scripts, and everything that the content security policy refused. */
  complaints: string[]
  close: () => Promise<void>
}

/** Opens `address` in a new Chromium, over its own protocol, and waits until it has loaded. */
export async function openPage(address: string): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), 'hearth-browser-'))
  const options = [
    '--headless=new',
    '--no-sandbox',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
  ]
  const child = Bun.spawn([chromium ?? '', ...options, '--hide-scrollbars', 'about:blank'], {
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const port = /DevTools listening on ws:\/\/([^/]+)/.exec(
    await untilMatch(child.stderr, /DevTools listening on \S+/),
  )?.[1]
  const targets = (await (await fetch(`http://${port}/json`)).json()) as {
    type: string
    webSocketDebuggerUrl: string
  }[]
  const socket = new WebSocket(targets.find(({ type }) => type === 'page')?.webSocketDebuggerUrl ?? '')
  await new Promise((resolve) => socket.addEventListener('open', resolve))

  const pending = new Map<number, (result: Record<string, unknown>) => void>()
  const complaints: string[] = []
  const loaded = Promise.withResolvers<void>()
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error, method, params } = JSON.parse(String(data))
    if (id) pending.get(id)?.(error ? { error } : result)
    if (method === 'Page.loadEventFired') loaded.resolve()
    if (method === 'Runtime.exceptionThrown')
      complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text)
    if (method === 'Log.entryAdded' && params.entry.source !== 'network') complaints.push(params.entry.text)
  })
  let sequence = 0
  const command: Page['command'] = (method, params = {}) =>
    new Promise((resolve) => {
      pending.set(++sequence, resolve)
      socket.send(JSON.stringify({ id: sequence, method, params }))
    })
  for (const domain of ['Page', 'Runtime', 'Log']) await command(`${domain}.enable`)
  await command('Page.navigate', { url: address })
  await loaded.promise
  return {
    command,
    complaints,
    async run<Result>(expression: string) {
      const options = { expression, awaitPromise: true, returnByValue: true, userGesture: true }
      const { result, exceptionDetails } = (await command('Runtime.evaluate', options)) as Evaluated<Result>
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
      return result.value
    },
    async close() {
      child.kill()
      await child.exited
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

type Evaluated<Value> = {
  result: { value: Value }
  exceptionDetails?: { text: string; exception?: { description?: string } }
}

async function untilMatch(stream: ReadableStream<Uint8Array>, pattern: RegExp): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true })
    if (pattern.test(text)) return text
  }
  throw new Error(`Chromium did not start: ${text}`)
}
