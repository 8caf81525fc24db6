import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { chromium, openPage, type Page } from './support/browser.ts'
import { call } from './support/http.ts'
import { ownServer } from './support/processes.ts'

setDefaultTimeout(60_000)
const root = join(import.meta.dir, '..')

describe('the docs page', () => {
  const files = ['page.css', 'page.js', 'dom.js', 'operation.js', 'request.js', 'schema.js', 'icon.svg']

  test('loads its own files by relative addresses, and nothing from elsewhere', async () => {
    const page = await call('GET /docs')
    expect([page.status, page.headers.get('Content-Type')]).toEqual([200, 'text/html; charset=utf-8'])
    for (const [, address = ''] of page.text.matchAll(/(?:src|href)="([^"#]+)"/g))
      expect(`docs/icon.svg docs/page.css docs/page.js openapi.json`.split(' ')).toContain(address)
    for (const file of files) {
      const { status, text } = await call(`GET /docs/${file}`)
      expect([status, text.replace('http://www.w3.org/2000/svg', '').match(/https?:/)]).toEqual([200, null])
    }
  })

  test('is small', async () => {
    const texts = await Promise.all(
      ['', ...files.map((file) => `/${file}`)].map((file) => call(`GET /docs${file}`)),
    )
    const bytes = texts.map(({ text }) => Bun.gzipSync(new TextEncoder().encode(text)).length)
    expect(bytes.reduce((sum, each) => sum + each)).toBeLessThan(20 * 1024)
  })

  test('is where / leads people; programs get the addresses', async () => {
    const person = await call('GET /', { headers: { Accept: 'text/html,*/*;q=0.8' } })
    expect([person.status, person.headers.get('Location')]).toEqual([302, 'docs'])
    const program = await call('GET /')
    expect([program.status, program.keys]).toEqual([200, ['docs', 'health', 'openapi', 'title']])
    expect((await call('GET /favicon.ico')).headers.get('Content-Type')).toBe('image/svg+xml')
  })
})

// With SCREENSHOTS=1 it also writes those of docs/img.
describe.skipIf(!chromium)('the docs page in a browser', () => {
  const server = ownServer()
  let page: Page
  beforeAll(async () => {
    const { address } = await server.startApp()
    page = await openPage(`${address}/docs`)
    await settled('document.querySelectorAll("main details").length > 0')
  })
  afterAll(async () => {
    await page?.close()
    await server.remove()
  })

  /** Waits until an expression is true in the page. */
  async function settled(expression: string): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      if (await page.run<boolean>(`Boolean(${expression})`)) return
      await Bun.sleep(100)
    }
    throw new Error(`never true: ${expression}; ${page.complaints.join('; ')}`)
  }

  /** Opens an operation, sends it as it stands, and returns the status that it shows. */
  async function send(id: string): Promise<string> {
    await page.run(`location.hash = '${id}'`)
    await settled(`document.querySelector('#${id} form')`)
    await page.run(`document.querySelector('#${id} [role=status]').replaceChildren()`)
    await page.run(`document.querySelector('#${id} form').requestSubmit()`)
    await settled(`document.querySelector('#${id} [role=status] strong')`)
    return page.run<string>(`document.querySelector('#${id} [role=status] strong').textContent.slice(0, 3)`)
  }
  const token = () => page.run<string>(`document.querySelector('#session input').value`)

  test('the examples work at the first Send; the token is kept, and forgotten on sign-out', async () => {
    expect(await send('createUser')).toBe('201')
    expect(await send('signIn')).toBe('201')
    expect(await token()).toHaveLength(43)
    expect(
      await page.run<boolean>(
        `!document.body.innerText.includes(document.querySelector('#session input').value)`,
      ),
    ).toBe(true)
    expect(await send('getMe')).toBe('200')
    expect(await send('listSessions')).toBe('200')
    expect(await page.run<string>(`document.querySelector('#createUser input[name=password]').type`)).toBe(
      'password',
    )
    expect(await send('signOut')).toBe('204')
    expect(await token()).toBe('')
    expect(await send('getMe')).toBe('401')
    expect(page.complaints).toEqual([])
  })

  test('search, contents and deep links', async () => {
    await page.run(
      `(search => { search.value = 'password'; search.dispatchEvent(new Event('input')) })(document.querySelector('#search'))`,
    )
    const shown = `[...document.querySelectorAll('main details[id]:not([hidden])')].map(({ id }) => id)`
    expect(await page.run<string[]>(shown)).toContain('changePassword')
    expect(await page.run<string[]>(shown)).not.toContain('listUsers')
    await page.run(
      `document.querySelector('#search').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))`,
    )
    expect(await page.run<string[]>(shown)).toContain('listUsers')
    await page.run(`location.hash = 'schema-NewUser'`)
    await settled(`document.querySelector('#schema-NewUser').open`)
    const text = await page.run<string>(`document.querySelector('#schema-NewUser').innerText`)
    expect(text).toMatch(/username[\s\S]*Username[\s\S]*at least 3 characters/)
  })

  const VIEWS = [
    ['light', 1280, 'light'],
    ['dark', 1280, 'dark'],
    ['phone', 390, 'light'],
  ] as const
  test.each(VIEWS)('axe finds nothing: %s', async (name, width, scheme) => {
    const features = [{ name: 'prefers-color-scheme', value: scheme }]
    await page.command('Emulation.setEmulatedMedia', { features })
    await page.command('Emulation.setDeviceMetricsOverride', {
      width,
      height: 900,
      deviceScaleFactor: 1,
      mobile: width < 500,
    })
    await page.run(await Bun.file(join(root, 'node_modules/axe-core/axe.min.js')).text())
    const found = await page.run<string[]>(
      `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`,
    )
    expect(found).toEqual([])
    expect(await page.run<boolean>('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    if (process.env.SCREENSHOTS) {
      await page.run(`document.querySelectorAll('main details').forEach((it) => (it.open = false))`)
      await page.run(`document.querySelector('#createUser').open = true`)
      await page.run('scrollTo(0, 0)')
      const { data } = await page.command('Page.captureScreenshot', { format: 'png' })
      await Bun.write(join(root, `docs/img/docs-${name}.png`), Buffer.from(String(data), 'base64'))
    }
  })
})
