import type { ManagedObject } from '../../model/managed-object.ts'
import type { MacStream } from '../../port/crypto.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import type { OperationContext } from '../context.ts'
import { algorithmOf, parametersFor, withKeyBytes } from './key-material.ts'

/** Begins a MAC with a key. Throws what the key and the parameters are refused with. */
export function macStream(
  object: ManagedObject,
  requested: CryptographicParameters | undefined,
  context: OperationContext,
): MacStream {
  const parameters = parametersFor(requested, object, 'mac')
  const algorithm = algorithmOf(object, parameters)
  return withKeyBytes(object, context, (key) =>
    context.crypto.macs.begin({ algorithm, parameters, key }),
  )
}
