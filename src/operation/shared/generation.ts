import { KmipFault } from '../../fault/fault.ts'
import type { AttributeEntry } from '../../model/attribute-set.ts'
import type { SymmetricKeyContent } from '../../model/content.ts'
import { checkQuantumSafe } from '../../model/quantum-safety.ts'
import { hasParity, setOddParity, symmetricKeyKind } from '../../model/symmetric-key.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import type { OperationContext } from '../context.ts'
import { requestedValue } from './creation.ts'

/** A new symmetric key of the algorithm and length asked for. Throws `INVALID_ATTRIBUTE_VALUE`, `NOT_QUANTUM_SAFE`. */
export function generateKey(
  entries: readonly AttributeEntry[],
  { random }: OperationContext,
): SymmetricKeyContent {
  const algorithm = requestedValue(entries, 'CryptographicAlgorithm')
  if (algorithm === undefined) {
    throw new KmipFault('INVALID_ATTRIBUTE_VALUE', 'Cryptographic Algorithm is missing')
  }
  checkQuantumSafe(entries, algorithm)
  const { length, bytes } = symmetricKeyKind(
    algorithm,
    requestedValue(entries, 'CryptographicLength'),
  )
  const material = random.bytes(bytes)
  if (hasParity(algorithm)) material.expose(setOddParity)
  return {
    objectType: ObjectType.SymmetricKey,
    keyBlock: {
      keyFormatType: KeyFormatType.Raw,
      keyValue: { form: 'bytes', material, attributes: [] },
      cryptographicAlgorithm: algorithm,
      cryptographicLength: length,
    },
  }
}
