import { KmipFault } from '../../fault/fault.ts'
import { isSameBytes } from '../../model/certificate-path.ts'
import type { SignatureDescription } from '../../model/certificate.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import type { PublicKey } from '../../port/crypto.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import type { OperationContext } from '../context.ts'
import { plainKeyBlock } from './plain-key.ts'

/** SubjectPublicKeyInfo of a Public Key object. Throws what `plainKeyBlock` and `KeyFormats.convert` throw. */
export async function publicKeyInfo(
  object: ManagedObject,
  context: OperationContext,
): Promise<Uint8Array> {
  const plain = await plainKeyBlock(object, context)
  const { keyValue } = context.keyFormats.convert(ObjectType.PublicKey, plain, {
    keyFormatType: KeyFormatType.X_509,
  })
  if (keyValue === undefined) throw new KmipFault('KEY_VALUE_NOT_PRESENT', 'The key is not here')
  return keyValue.material.expose((bytes) => Uint8Array.from(bytes))
}

/** Whether a key is that of a SubjectPublicKeyInfo, however the two are written. */
export function samePublicKey(
  key: PublicKey,
  info: Uint8Array,
  { crypto: { keys } }: Pick<OperationContext, 'crypto'>,
): boolean {
  const other = keys.parsePublic(KeyFormatType.X_509, info)
  try {
    const [left, right] = [key, other].map((each) => keys.exportPublic(each, KeyFormatType.X_509))
    return left !== undefined && right !== undefined && isSameBytes(left, right)
  } finally {
    other.destroy()
  }
}

/** Refuses a request for another key than the one that is to be certified. Throws `INVALID_CSR`. */
export function checkSameKey(
  requested: Uint8Array,
  info: Uint8Array,
  context: Pick<OperationContext, 'crypto'>,
): void {
  const key = context.crypto.keys.parsePublic(KeyFormatType.X_509, requested)
  try {
    if (samePublicKey(key, info, context)) return
  } finally {
    key.destroy()
  }
  throw new KmipFault('INVALID_CSR', 'The Certificate Request is for another key')
}

/**
 * Whether a signature was made with the private half of a key; undefined for an algorithm or a key that is not known.
 */
export function isSignedWith(
  signature: SignatureDescription,
  info: Uint8Array,
  { crypto }: Pick<OperationContext, 'crypto'>,
): boolean | undefined {
  if (signature.parameters === undefined) return undefined
  try {
    const key = crypto.keys.parsePublic(KeyFormatType.X_509, info)
    try {
      return crypto.signatures.verify(key, signature.parameters, {
        data: signature.signed,
        signature: signature.value,
      })
    } finally {
      key.destroy()
    }
  } catch (error) {
    if (error instanceof KmipFault) return undefined
    throw error
  }
}
