import { fail } from 'node:assert/strict'
import { ACCESS, BODIES, CALLERS, type Caller } from '../contract/access.ts'
import type { Api, Scenarios } from '../contract/api.ts'
import { castOf } from '../contract/cast.ts'

// The callers that HTTP alone can make; the contract tries the rest, and looks into the database for effects.
const STRANGERS: Caller[] = ['nobody', 'malformed', 'unknown', 'ended', 'other']

/** Every route refuses every caller that the authorisation table refuses. */
export const strangers: Scenarios = {
  async 'no route serves a stranger'(api: Api) {
    const cast = castOf(api)
    const faults: string[] = []
    for (const caller of STRANGERS) {
      const { call, target, ids } = await cast.role(caller)
      for (const [route, statuses] of Object.entries(ACCESS)) {
        const expected = statuses[CALLERS.indexOf(caller)] ?? 0
        if (expected < 400) continue
        const request = route.replace(
          /([\w-]+)\/(\{\w+\})/,
          (parameter, resource) => `${resource}/${ids[parameter]}`,
        )
        const { status } = await call(request, BODIES[route]?.(target))
        if (status !== expected) faults.push(`${route} as ${caller}: ${status} instead of ${expected}`)
      }
    }
    if (faults.length > 0) fail(faults.join('\n'))
  },
}
