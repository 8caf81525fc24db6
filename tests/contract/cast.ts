import { type Caller, currentSession, IDS } from './access.ts'
import { type Api, type Call, type Member, PASSWORD } from './api.ts'

/** One caller of the authorisation table, with the user it acts on and the ids of what that user owns. */
export type Role = { call: Call; target: Member; ids: Record<string, number | string> }

/** Makes the callers of the table when they are first asked for. `forget` has the next one made again. */
export function castOf(api: Api) {
  const roles = new Map<Caller, Promise<Role>>()
  return {
    role(caller: Caller): Promise<Role> {
      const role = roles.get(caller) ?? make(api, caller)
      roles.set(caller, role)
      return role
    },
    forget: (caller: Caller) => roles.delete(caller),
  }
}

async function make(api: Api, caller: Caller): Promise<Role> {
  const target = await api.member()
  const ids: Record<string, number | string> = {}
  for (const [parameter, idOf] of Object.entries(IDS)) ids[parameter] = await idOf(target)
  return { call: await callOf(api, caller, target), target, ids }
}

async function callOf(api: Api, caller: Caller, target: Member): Promise<Call> {
  const newToken = async (): Promise<string> => (await api.signIn(target.username, PASSWORD)).body.token
  switch (caller) {
    case 'nobody':
      return api.call
    case 'malformed':
      return api.as('not-a-token')
    case 'unknown':
      return api.as('A'.repeat(43))
    case 'ended': {
      const call = api.as(await newToken())
      await call('DELETE /sessions/current')
      return call
    }
    case 'expired': {
      const call = api.as(await newToken())
      const id = await currentSession(call)
      await api.query(`update sessions set expires_at = now() - interval '1 minute' where id = ${id}`)
      return call
    }
    case 'suspended': {
      const admin = await api.admin()
      await admin.call(`PATCH /users/${target.id}`, { suspended: true })
      return target.call
    }
    case 'user':
      return target.call
    case 'other':
      return (await api.member()).call
    case 'admin':
      return (await api.newAdmin()).call
  }
}
