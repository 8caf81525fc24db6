import { runTool, ToolError } from '../../tools/error.ts'
import { type Api, apiAt, documentOf, type Host, PASSWORD } from '../contract/api.ts'
import { bodies } from '../contract/scenarios/bodies.ts'
import { hostile } from '../contract/scenarios/hostile.ts'
import { protocol } from '../contract/scenarios/protocol.ts'
import { races } from '../contract/scenarios/races.ts'
import { tokens } from '../contract/scenarios/tokens.ts'
import { strangers } from './strangers.ts'

// What `make hostile URL=…` does: the contract's hostile scenarios against any server, over HTTP alone: input, protocol,
// authorisation and races. It registers users, so give it a server of yours. ADMIN_USERNAME and ADMIN_PASSWORD are those of an
// admin there; without them what needs an admin or the database is skipped.
const SCENARIOS = { ...protocol, ...bodies, ...hostile, ...tokens, ...races, ...strangers }

/** What a scenario cannot have here. */
class Missing extends Error {}

await runTool(async () => {
  const { URL: given, ADMIN_USERNAME: username, ADMIN_PASSWORD: password } = process.env
  const url = given && URL.parse(given)
  if (!url) throw new ToolError('Say where: make hostile URL=http://localhost:3000.')
  const api = await connect(url.origin, username && password ? { username, password } : null)
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    const outcome = await outcomeOf(() => scenario(api))
    counts[outcome.kind]++
    if (outcome.kind !== 'passed')
      console.log(`(${outcome.kind}) ${name}${outcome.why ? `\n${outcome.why}` : ''}`)
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped.`)
  return counts.failed === 0 ? 0 : 1
})

type Outcome = { kind: 'passed' | 'failed' | 'skipped'; why: string }

async function outcomeOf(run: () => Promise<void>): Promise<Outcome> {
  try {
    await run()
    return { kind: 'passed', why: '' }
  } catch (error) {
    const isMissing = error instanceof Missing
    return {
      kind: isMissing ? 'skipped' : 'failed',
      why: isMissing ? error.message : String((error as Error).stack),
    }
  }
}

async function connect(url: string, admin: { username: string; password: string } | null): Promise<Api> {
  const host: Host = {
    send: (path, init) => patiently(() => fetch(url + path, { ...init, redirect: 'manual' }), path, init),
    query: async () => {
      throw new Missing('needs the database')
    },
  }
  const api = apiAt(host, await documentOf(host).catch(() => unreachable(url)))
  const boss = admin && (await signedInAdmin(api, admin))
  const adminOf = async () => boss ?? fail('needs ADMIN_USERNAME and ADMIN_PASSWORD')
  return { ...api, admin: adminOf, newAdmin: async () => fail('needs the database') }
}

// Its registrations and right passwords are limited like anybody's: it waits as it is told.
async function patiently(send: () => Promise<Response>, path: string, init: RequestInit): Promise<Response> {
  const isMeant = path === '/users' || (path === '/sessions' && String(init.body).includes(`"${PASSWORD}"`))
  for (let tries = 0; ; tries++) {
    const response = await send()
    const isRefused = response.status === 429 || response.status === 503
    if (!isMeant || init.method !== 'POST' || !isRefused || tries === 60) return response
    await Bun.sleep(Number(response.headers.get('Retry-After') ?? 1) * 1000)
  }
}

async function signedInAdmin(api: Api, { username, password }: { username: string; password: string }) {
  const { status, body } = await api.signIn(username, password)
  if (status !== 201 || body.user.role !== 'admin')
    throw new ToolError('ADMIN_USERNAME and ADMIN_PASSWORD are not those of an admin there.')
  return { id: body.user.id, username, token: body.token, call: api.as(body.token) }
}

function unreachable(url: string): never {
  throw new ToolError(`There is no Hearth at ${url}: it has no /openapi.json.`)
}

function fail(why: string): never {
  throw new Missing(why)
}
