import { ROLE_NAMES, type RoleName } from '../config/roles.ts'
import { wrongUsage } from './failure.ts'

/** The role of a name. Throws wrong usage. */
export async function roleOf(name: string): Promise<RoleName> {
  const role = ROLE_NAMES.find((known) => known === name)
  if (role !== undefined) return Promise.resolve(role)
  throw wrongUsage(`--role: there is no role ${name}`, `the roles are ${ROLE_NAMES.join(', ')}`)
}
