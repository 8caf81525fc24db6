import { deepEqual, equal } from 'node:assert/strict'
import { type Api, PASSWORD, type Reply, type Scenarios } from '../api.ts'
import {
  expectDone,
  expectProblem,
  expectSessions,
  expectSignedIn,
  expectSignedOut,
  expectStatus,
  expectUser,
  nextOf,
} from '../expect.ts'

const idsIn = ({ body }: Reply): number[] => body.items.map(({ id }: { id: number }) => id)
const verify = ({ query }: Api, id: number, email: string) =>
  query(`update users set email = '${email}', email_verified = true where id = ${id}`)

/** What admins do about other people. */
export const admins: Scenarios = {
  async 'admins find people by name, and by an address once it is verified'(api) {
    const { call } = await api.admin()
    const { id: byName } = (await api.register({ username: 'seek-b' })).body
    const { id: byAddress } = (await api.register()).body
    const { id: byBoth } = (await api.register({ username: 'seek-c' })).body
    await api.register({ email: 'seek-x@example.org' })
    await verify(api, byAddress, 'seek-a@example.org')
    await verify(api, byBoth, 'seek-c@example.org')
    deepEqual(idsIn(await call('GET /users?q=SEEK-')), [byAddress, byName, byBoth])
    const seen: number[] = []
    let path: string | undefined = '/users?q=seek-&limit=1'
    while (path && seen.length < 5) {
      const page: Reply = await call(`GET ${path}`)
      seen.push(...idsIn(page))
      path = nextOf(page)
    }
    deepEqual(seen, [byAddress, byName, byBoth])
  },

  async 'filters narrow the list, alone and together'(api) {
    const boss = await api.newAdmin()
    const { id, username } = await api.member()
    const email = `${username}@example.org`
    await boss.call(`PATCH /users/${id}`, { suspended: true, email })
    const finds = async (query: string) => idsIn(await boss.call(`GET /users?sort=-id&${query}`)).includes(id)
    for (const query of [`email=${email}`, 'suspended=true', 'role=user', `role=user&suspended=true`])
      equal(await finds(query), true, query)
    for (const query of ['email=nobody@example.org', 'suspended=false', 'role=admin'])
      equal(await finds(query), false, query)
    deepEqual(idsIn(await boss.call(`GET /users?q=${username}&suspended=true`)), [id])
    deepEqual(idsIn(await boss.call(`GET /users?q=${username}&role=admin`)), [])
  },

  async 'admins look at the sessions of a user, and end one or all'({ admin, member, as, signIn }) {
    const { call } = await admin()
    const user = await member()
    const second = as((await signIn(user.username)).body.token)
    const page = await call(`GET /users/${user.id}/sessions`)
    expectSessions(page)
    equal(page.body.items.length, 2)
    const [newest] = idsIn(page)
    expectDone(await call(`DELETE /users/${user.id}/sessions/${newest}`))
    expectProblem(await second('GET /me'), 'unauthenticated')
    await expectSignedIn(user)
    expectProblem(await call(`DELETE /users/${user.id}/sessions/${newest}`), 'not_found')
    expectDone(await call(`DELETE /users/${user.id}/sessions`))
    await expectSignedOut(user)
    deepEqual(idsIn(await call(`GET /users/${user.id}/sessions`)), [])
  },

  async 'a session is found under its own user alone'({ admin, member }) {
    const { call } = await admin()
    const [alice, stranger] = [await member(), await member()]
    const [session] = idsIn(await call(`GET /users/${alice.id}/sessions`))
    expectProblem(await call(`DELETE /users/${stranger.id}/sessions/${session}`), 'not_found')
    for (const request of ['GET /users/2147483647/sessions', 'DELETE /users/2147483647/sessions'])
      expectProblem(await call(request), 'not_found')
    await expectSignedIn(alice)
  },

  async 'admins create users with a role, and invite them without a password'({ admin, call, signIn }) {
    const boss = await admin()
    const invited = await boss.call('POST /users', { username: 'invited', role: 'admin' })
    expectUser(invited, 201, { username: 'invited', role: 'admin', email: null })
    for (const password of ['!', '', PASSWORD])
      expectProblem(await signIn('invited', password), 'bad_credentials')
    const { token } = (await boss.call(`POST /users/${invited.body.id}/password-reset`)).body
    expectDone(await call(`PUT /password-resets/${token}`, { newPassword: PASSWORD }))
    expectStatus(await signIn('invited'), 201)
  },

  async 'nobody else leaves the password out'({ member, call }) {
    const user = await member()
    for (const sender of [call, user.call])
      expectProblem(
        await sender('POST /users', { username: 'uninvited', role: 'user' }),
        'invalid',
        '/password',
        '/role',
      )
  },
}
