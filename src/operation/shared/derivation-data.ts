import { KmipFault } from '../../fault/fault.ts'
import type { Secret } from '../../secret/secret.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import type { DerivationParameters } from '../../spec/structure/derivation-parameters.ts'
import type { OperationContext } from '../context.ts'
import type { DerivationInput } from './derivation-input.ts'
import { withKeyBytes } from './key-material.ts'

/**
 * Lets `use` see the Derivation Data: that of the request, or that of the Secret Data named behind the base (KMIP 1.4
 * section 4.6). Throws `INVALID_MESSAGE` where both are there, `WRONG_OBJECT_TYPE`, `INVALID_FIELD`.
 */
export function derivationData<R>(
  { stated, other }: DerivationInput,
  context: OperationContext,
  use: (data: Secret | undefined) => R,
): R {
  const data = singleData(stated)
  if (other === undefined) return use(data)
  if (other.objectType !== ObjectType.SecretData) {
    throw new KmipFault('WRONG_OBJECT_TYPE', 'Only Secret Data can be derived with')
  }
  if (data !== undefined) {
    throw new KmipFault('INVALID_MESSAGE', 'Derivation Data comes twice')
  }
  return withKeyBytes(other, context, use)
}

/** The Derivation Data of methods that take it as one. Throws `INVALID_FIELD`. */
export function singleData({ derivationData: data }: DerivationParameters): Secret | undefined {
  if (data.length > 1) {
    throw new KmipFault('INVALID_FIELD', 'The method takes one Derivation Data')
  }
  return data[0]
}
