import { deepEqual, fail } from 'node:assert/strict'
import { ACCESS, BODIES, CALLERS, type Caller } from './access.ts'
import type { Api, Scenarios } from './api.ts'
import { castOf, type Role } from './cast.ts'

// One cast for all scenarios that share an app, since each of its members costs two hashes.
const casts = new WeakMap<Api, ReturnType<typeof castOf>>()

/** One scenario a route: every caller gets the table's status, and what is refused has no effect. */
export const access: Scenarios = Object.fromEntries(
  Object.entries(ACCESS).map(([route, statuses]) => [
    `access to ${route}`,
    async (api: Api) => {
      const faults: string[] = []
      for (const [index, caller] of CALLERS.entries())
        faults.push(...(await faultsOf(api, route, caller, statuses[index] ?? 0)))
      if (faults.length > 0) fail(faults.join('\n'))
    },
  ]),
)

access['every operation that needs a token says so in the document'] = async ({ document }) => {
  const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, { security = [] }]) => security.length > 0 && security.every((way) => 'token' in way))
      .map(([method]) => `${method.toUpperCase()} ${path}`),
  )
  const closed = Object.keys(ACCESS).filter((route) => ACCESS[route]?.[0] === 401)
  deepEqual(documented.sort(), closed.sort())
}

async function faultsOf(api: Api, route: string, caller: Caller, expected: number): Promise<string[]> {
  const cast = casts.get(api) ?? castOf(api)
  casts.set(api, cast)
  const role = await cast.role(caller)
  const request = route.replace(/[^/]+\/\{\w+\}/g, (part) => part.replace(/\{.*/, String(role.ids[part])))
  const before = await stateOf(api, role)
  const { status } = await role.call(request, BODIES[route]?.(role.target))
  const isUnchanged = Bun.deepEquals(before, await stateOf(api, role))
  const faults = [
    ...(status === expected ? [] : [`${route} as ${caller}: ${status} instead of ${expected}`]),
    ...(status < 400 || isUnchanged ? [] : [`${route} as ${caller}: ${status}, but it had an effect`]),
  ]
  const isSpent = status < 400 && /^(DELETE|PUT) |confirmation$/.test(route) // the user, the session, the token or the password is gone
  if (isSpent || faults.length > 0) cast.forget(caller)
  return faults
}

// Read from the tables, so that what no response shows counts too. Authentication itself may note when a session was used.
async function stateOf({ query }: Api, { target: { id } }: Role): Promise<unknown> {
  return query(`
    select (select count(*) from users)::int as users, to_jsonb(target) as target, (
      select jsonb_agg(to_jsonb(sessions) - 'last_used_at' - 'expires_at' order by id) from sessions where user_id = ${id}
    ) as sessions
    from (select) as always left join users as target on target.id = ${id}`)
}
