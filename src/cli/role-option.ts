import { ROLE_NAMES } from '../config/roles.ts'
import { wrongUsage } from './failure.ts'

/** The name of a role: whether there is one of it only the policy says. Throws wrong usage for what is none. */
export async function roleOf(name: string): Promise<string> {
  if (/^[A-Za-z0-9_@][A-Za-z0-9._@-]{0,63}$/.test(name)) return Promise.resolve(name)
  throw wrongUsage(
    `--role: '${name}' is not a name for a role`,
    `the roles are ${ROLE_NAMES.join(', ')} and those of the policy`,
  )
}
