import { deepEqual } from 'node:assert/strict'
import { PASSWORD, type Scenarios } from '../api.ts'
import { expectStatus } from '../expect.ts'

/** Scenarios of concurrent requests: they need a database where statements commit and run concurrently. */
export const races: Scenarios = {
  async 'of concurrent registrations of one name, one wins'({ register }) {
    const replies = await Promise.all(Array.from({ length: 8 }, () => register({ username: 'racer' })))
    deepEqual(replies.map(({ status }) => status).sort(), [201, ...Array(7).fill(409)])
  },

  async 'of two concurrent password changes, one wins'({ member, signIn }) {
    const { username, call } = await member()
    const choices = ['first choice', 'second choice']
    const replies = await Promise.all(
      choices.map((newPassword) => call('PUT /me/password', { currentPassword: PASSWORD, newPassword })),
    )
    deepEqual(replies.map(({ status }) => status).sort(), [204, 422])
    const winner = choices[replies.findIndex(({ status }) => status === 204)]
    expectStatus(await signIn(username, winner), 201)
  },
}
