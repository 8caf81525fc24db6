import { access } from '../access-scenarios.ts'
import { admins } from './admins.ts'
import { bodies } from './bodies.ts'
import { examples } from './examples.ts'
import { hostile } from './hostile.ts'
import { me } from './me.ts'
import { protocol } from './protocol.ts'
import { registration } from './registration.ts'
import { sessions } from './sessions.ts'
import { stepUp } from './step-up.ts'
import { tokens } from './tokens.ts'
import { userList } from './user-list.ts'
import { users } from './users.ts'

export { races } from './races.ts'

/** The HTTP contract. Each scenario counts on nothing that another one did. */
export const scenarios = {
  ...registration,
  ...sessions,
  ...tokens,
  ...stepUp,
  ...me,
  ...users,
  ...userList,
  ...admins,
  ...access,
  ...examples,
  ...bodies,
  ...protocol,
  ...hostile,
}
