import type { Scenarios } from '../api.ts'
import { expectProblem, expectStatus } from '../expect.ts'

const OTHER_AUTHORIZATIONS = [
  '', 'Bearer', 'Bearer ', 'Basic dTpw', 'Bearer x', `Bearer ${'A'.repeat(43)}`, `Bearer ${'A'.repeat(5000)}`, "Bearer ' or 1=1 --",
] // biome-ignore format: a list of values

export const tokens: Scenarios = {
  async 'anything but a live token is 401'({ call, admin }) {
    const { token } = await admin()
    for (const Authorization of [...OTHER_AUTHORIZATIONS, `Bearer ${token}x`])
      for (const path of ['/me', '/sessions', '/users', '/users/1'])
        expectProblem(await call(`GET ${path}`, undefined, { Authorization }), 'unauthenticated')
  },

  async 'the scheme is accepted in any case'({ call, member }) {
    const { token } = await member()
    expectStatus(await call('GET /me', undefined, { Authorization: `bearer ${token}` }), 200)
  },
}
