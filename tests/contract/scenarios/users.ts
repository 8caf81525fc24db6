import { deepEqual, equal } from 'node:assert/strict'
import type { Scenarios } from '../api.ts'
import {
  expectDone,
  expectProblem,
  expectSignedIn,
  expectSignedOut,
  expectStatus,
  expectUser,
} from '../expect.ts'

const BAD_IDS =
  '0 -1 01 1.0 1e0 1e3 0x1 2147483648 99999999999 99999999999999999999 abc %00 %ff %EF%BC%91 %31%00 +1 1%20'.split(
    ' ',
  )
const EMPTY_OR_UNKNOWN = [{}, { id: 5 }, { password: 'something' }, [], 'null', '"x"', '5']
const BAD_FIELDS = {
  username: ['x', 'root', 'a\0b'],
  email: ['nobody', 5],
  role: ['owner', null],
  suspended: ['yes', 'no'],
}

export const users: Scenarios = {
  async 'a user is visible to itself and to admins'({ member, admin }) {
    const [alice, boss] = [await member(), await admin()]
    for (const { call } of [alice, boss])
      expectUser(await call(`GET /users/${alice.id}`), 200, { id: alice.id, username: alice.username })
  },

  async 'an id that is not a canonical positive integer, or too large, is 404'({ admin }) {
    const { call } = await admin()
    for (const id of BAD_IDS) {
      expectProblem(await call(`GET /users/${id}`), 'not_found')
      expectProblem(await call(`PATCH /users/${id}`, { email: null }), 'not_found')
      expectProblem(await call(`DELETE /users/${id}`), 'not_found')
      expectProblem(await call(`DELETE /sessions/${id}`), 'not_found')
    }
  },

  async 'users change their name and email, here and at /me'({ member }) {
    const { id, username, call } = await member()
    for (const [index, path] of [`/users/${id}`, '/me'].entries()) {
      const patch = { username: `New.${username}.${index}`, email: `New-${id}-${index}@example.org` }
      const fields = { id, username: patch.username.toLowerCase(), email: patch.email.toLowerCase() }
      const before = (await call(`GET ${path}`)).body
      const changed = await call(`PATCH ${path}`, patch)
      expectUser(changed, 200, { ...fields, createdAt: before.createdAt })
      equal(changed.body.updatedAt >= before.updatedAt, true)
      expectUser(await call(`GET ${path}`), 200, fields)
      expectUser(await call(`PATCH ${path}`, { email: null }), 200, { email: null })
    }
  },

  async 'an empty change and unknown keys are 422'({ member }) {
    const { id, call } = await member()
    for (const body of EMPTY_OR_UNKNOWN)
      for (const path of [`/users/${id}`, '/me']) expectProblem(await call(`PATCH ${path}`, body), 'invalid')
  },

  async 'a change keeps to the rules for each field'({ admin }) {
    const { id, call } = await admin()
    for (const [field, values] of Object.entries(BAD_FIELDS))
      for (const value of values)
        for (const path of [`/users/${id}`, '/me'])
          expectProblem(await call(`PATCH ${path}`, { [field]: value }), 'invalid', `/${field}`)
    const reply = await call(`PATCH /users/${id}`, { role: 'owner', suspended: 'no' })
    expectProblem(reply, 'invalid', '/role', '/suspended')
  },

  async 'a change to a taken name is 409'({ register, member, admin }) {
    const taken = (await register()).body
    const [{ id, call }, boss] = [await member(), await admin()]
    for (const path of [`/users/${id}`, '/me']) {
      expectProblem(await call(`PATCH ${path}`, { username: taken.username }), 'conflict', '/username')
    }
    expectProblem(
      await boss.call(`PATCH /users/${id}`, { username: taken.username }),
      'conflict',
      '/username',
    )
  },

  async 'only admins change roles and suspensions'({ member, admin }) {
    const [{ id, call }, boss] = [await member(), await admin()]
    for (const body of [{ role: 'admin' }, { suspended: false }, { email: null, role: 'user' }])
      for (const path of [`/users/${id}`, '/me'])
        expectProblem(await call(`PATCH ${path}`, body), 'forbidden')
    expectUser(await call('GET /me'), 200, { role: 'user', suspended: false })
    expectUser(await boss.call('PATCH /me', { role: 'admin' }), 200, { role: 'admin' })
    expectUser(await boss.call(`PATCH /users/${id}`, { role: 'admin' }), 200, { role: 'admin' })
    expectStatus(await call('GET /users'), 200)
    expectUser(await boss.call(`PATCH /users/${id}`, { role: 'user' }), 200, { role: 'user' })
    expectProblem(await call('GET /users'), 'forbidden')
  },

  async 'a suspended user is signed out at once and cannot sign in'({ member, admin, signIn }) {
    const [alice, boss] = [await member(), await admin()]
    const suspend = (suspended: boolean) => boss.call(`PATCH /users/${alice.id}`, { suspended })
    expectUser(await suspend(true), 200, { suspended: true })
    await expectSignedOut(alice)
    expectProblem(await signIn(alice.username), 'suspended')
    expectProblem(await signIn(alice.username, 'wrong horse'), 'bad_credentials')
    expectUser(await suspend(false), 200, { suspended: false })
    expectStatus(await signIn(alice.username), 201)
  },

  async 'a deleted user is gone, with its sessions'({ member, admin, signIn }) {
    const boss = await admin()
    for (const [path, by] of [
      ['/users/id', 'admin'],
      ['/users/id', 'self'],
      ['/me', 'self'],
    ]) {
      const alice = await member()
      const { call } = by === 'self' ? alice : boss
      expectDone(await call(`DELETE ${path}`.replace('id', String(alice.id))))
      await expectSignedOut(alice)
      expectProblem(await signIn(alice.username), 'bad_credentials')
      for (const method of ['GET', 'DELETE'])
        expectProblem(await boss.call(`${method} /users/${alice.id}`), 'not_found')
    }
  },

  async 'another user is as unknown as one that does not exist'({ member }) {
    const [alice, bob] = [await member(), await member()]
    const [foreign, missing] = [
      await bob.call(`GET /users/${alice.id}`),
      await bob.call('GET /users/2147483647'),
    ]
    for (const reply of [foreign, missing]) expectProblem(reply, 'not_found')
    deepEqual(foreign.body.detail, missing.body.detail)
    await expectSignedIn(alice)
  },
}
