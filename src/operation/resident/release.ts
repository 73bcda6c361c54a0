import type { ManagedObject } from '../../model/managed-object.ts'
import { isResident } from '../../model/residence.ts'
import type { OperationContext } from '../context.ts'
import { tokenObjectOf } from './resident-key.ts'

/**
 * Has the key of an object destroyed in the token, once it is certain that the object is destroyed or replaced: a key
 * whose object were still there could not be had back. For objects whose key is not in the token there is nothing to do.
 */
export function releaseKey(
  object: ManagedObject,
  { hsm, run, crypto }: Pick<OperationContext, 'hsm' | 'run' | 'crypto'>,
): void {
  if (hsm === undefined || !isResident(object)) return
  const key = tokenObjectOf(object, hsm, crypto)
  run.whenSettled((isDone) => {
    if (isDone) hsm.residents.discard(key)
  })
}
