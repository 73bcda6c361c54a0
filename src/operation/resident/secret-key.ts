import { KmipFault } from '../../fault/fault.ts'
import type { AttributeEntry } from '../../model/attribute-set.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { checkRequested } from '../../model/new-object.ts'
import { checkQuantumSafe } from '../../model/quantum-safety.ts'
import { symmetricKeyKind } from '../../model/symmetric-key.ts'
import type { TokenAttribute } from '../../port/token.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../spec/pkcs11/attribute.ts'
import { MechanismFlag } from '../../spec/pkcs11/constant.ts'
import type { OperationContext } from '../context.ts'
import { requestedValue } from '../shared/creation.ts'
import { makeTokenKey } from './making.ts'
import { hasMechanism } from './mechanism.ts'
import { residentObject } from './resident-object.ts'
import { guardedAttributes, isLengthOf, secretKind } from './token-template.ts'

/**
 * The object of a new symmetric key that is made in the token, not stored yet. Throws `INVALID_ATTRIBUTE_VALUE`,
 * `NOT_QUANTUM_SAFE`, `STORAGE_UNAVAILABLE` for keys that the token does not make, and what `makeTokenKey` throws.
 */
export async function residentSecretKey(
  entries: readonly AttributeEntry[],
  context: OperationContext,
): Promise<ManagedObject> {
  const { objectType } = SYMMETRIC
  checkRequested(entries, objectType)
  const algorithm = requestedValue(entries, 'CryptographicAlgorithm')
  if (algorithm === undefined) {
    throw new KmipFault('INVALID_ATTRIBUTE_VALUE', 'Cryptographic Algorithm is missing')
  }
  checkQuantumSafe(entries, algorithm)
  const wanted = requestedValue(entries, 'CryptographicLength')
  const { length, bytes } = symmetricKeyKind(algorithm, wanted)
  const secret = secretKind(algorithm)
  const { hsm } = context
  const isMade = secret !== undefined && isLengthOf(secret, bytes)
  if (!isMade || hsm === undefined || !generates(hsm, secret)) {
    throw new KmipFault('STORAGE_UNAVAILABLE', 'The token does not make keys of this kind')
  }
  const measure: readonly TokenAttribute[] = secret.hasLength
    ? [{ type: CKA.VALUE_LEN[0], value: bytes }]
    : []
  const kind = [algorithm, length, requestedValue(entries, 'CryptographicUsageMask')].join()
  const { uniqueIdentifier } = await makeTokenKey(
    {
      objectType,
      kind,
      async make(object, { token }) {
        const template = [...guardedAttributes(object, entries), ...measure]
        await token.generate({ type: secret.generation }, template)
        return undefined
      },
    },
    context,
  )
  const keyBlock = {
    keyFormatType: KeyFormatType.Raw,
    cryptographicAlgorithm: algorithm,
    cryptographicLength: length,
  }
  const content = { ...SYMMETRIC, keyBlock }
  return residentObject({ uniqueIdentifier, content, entries }, 'made', context)
}

const SYMMETRIC = { objectType: ObjectType.SymmetricKey } as const

function generates(
  { token }: NonNullable<OperationContext['hsm']>,
  { generation }: { readonly generation: number },
): boolean {
  return hasMechanism(token, generation, MechanismFlag.Generate)
}
