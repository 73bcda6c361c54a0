import type { Identity } from '../model/identity.ts'
import type { CompiledPolicy, Permission } from '../model/permission/permission.ts'
import type { Permissions } from './authorise.ts'

/**
 * The policy that decides. Another one takes its place at once and as a whole: whatever is asked afterwards, also by
 * what was begun before, is decided by that one.
 */
export class PolicyInForce implements Permissions {
  #policy: CompiledPolicy
  /** What each identity may do under this policy. */
  #permissions = new WeakMap<Identity, Permission>()

  constructor(policy: CompiledPolicy) {
    this.#policy = policy
  }

  get compiled(): CompiledPolicy {
    return this.#policy
  }

  get stamp(): object {
    return this.#policy
  }

  replace(policy: CompiledPolicy): void {
    this.#policy = policy
    this.#permissions = new WeakMap()
  }

  of(identity: Identity): Permission {
    const known = this.#permissions.get(identity)
    if (known !== undefined) return known
    const permission = this.#policy.permissionOf(identity)
    this.#permissions.set(identity, permission)
    return permission
  }
}
