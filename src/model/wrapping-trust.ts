import { KmipFault } from '../fault/fault.ts'
import { BlockCipherMode } from '../spec/enum/block-cipher-mode.ts'
import { HashingAlgorithm } from '../spec/enum/hashing-algorithm.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { PaddingMethod } from '../spec/enum/padding-method.ts'
import { CryptographicUsageMask as Mask } from '../spec/mask/cryptographic-usage-mask.ts'
import type { CryptographicParameters } from '../spec/structure/cryptographic-parameters.ts'
import { Tag } from '../spec/tag.ts'
import { ItemType, type Item } from '../ttlv/item.ts'
import { isVendorReference, sameReference, type AttributeReference } from './attribute-reference.ts'
import { strengthOf } from './key-strength.ts'
import type { ManagedObject } from './managed-object.ts'
import { isWithin, usesOf } from './usage-safety.ts'

/**
 * The attribute by which a key is known to be one that guarded keys may leave under: set by those who run the server and
 * by nobody else, seen by its owner as `y-Wrapping Trust` of KMIP 1.x with the text `trusted`.
 */
export const WRAPPING_TRUST: AttributeReference = { vendor: 'y', name: 'Wrapping Trust' }

/** Whether a reference names {@link WRAPPING_TRUST}. */
export function isTrustMark(reference: AttributeReference): boolean {
  return isVendorReference(reference) && sameReference(reference, WRAPPING_TRUST)
}

export function isTrusted({ attributes }: Pick<ManagedObject, 'attributes'>): boolean {
  return attributes.has(WRAPPING_TRUST)
}

/** The object with the mark, or without it. */
export function withTrust(object: ManagedObject, trusts: boolean): ManagedObject {
  if (isTrusted(object) === trusts) return object
  const attributes = trusts
    ? object.attributes.adding(WRAPPING_TRUST, TRUSTED)
    : object.attributes.without(WRAPPING_TRUST)
  return { ...object, attributes }
}

const TRUSTED: Item = {
  tag: Tag.AttributeValue.number,
  type: ItemType.TextString,
  value: new TextEncoder().encode('trusted'),
}

/**
 * Refuses to trust a key under which a wrapped key could be seen: one that a client has or may get, or that does more
 * than wrap and unwrap. Of a public key, the private half is looked at where it is here; a public key whose private half
 * is elsewhere is trusted on the word of whoever marks it.
 *
 * @param privateHalf - undefined where it is not here
 * @throws KmipFault `WRONG_OBJECT_TYPE`, `OBJECT_DESTROYED`, `NOT_PERMITTED`
 */
export function checkTrustable(object: ManagedObject, privateHalf?: ManagedObject): void {
  const { objectType, content } = object
  if (content === undefined) throw new KmipFault('OBJECT_DESTROYED', 'The object is destroyed')
  if (objectType === ObjectType.SymmetricKey) checkKept(object, Mask.WrapKey | Mask.UnwrapKey)
  else if (objectType !== ObjectType.PublicKey) {
    throw new KmipFault('WRONG_OBJECT_TYPE', 'Objects of this type wrap nothing')
  } else if (privateHalf !== undefined) checkKept(privateHalf, Mask.UnwrapKey)
  if (((usesOf(object) ?? 0) & Mask.WrapKey) === 0) {
    throw new KmipFault('NOT_PERMITTED', 'The key is not one that wraps')
  }
}

/** A key that was never to be had, and does nothing that takes off what it has put on but unwrapping. */
function checkKept(object: ManagedObject, uses: number): void {
  const { attributes } = object
  const isHidden =
    attributes.get('AlwaysSensitive') === true && attributes.get('NeverExtractable') === true
  if (!isHidden) {
    throw new KmipFault(
      'NOT_PERMITTED',
      'The key was not sensitive and not extractable from the start',
    )
  }
  if (!isWithin(usesOf(object) ?? 0, uses)) {
    throw new KmipFault('NOT_PERMITTED', 'The key does more than wrap and unwrap')
  }
}

/** Modes that authenticate what they hide. */
const MODES: readonly unknown[] = [
  BlockCipherMode.NISTKeyWrap,
  BlockCipherMode.AESKeyWrapPadding,
  BlockCipherMode.GCM,
  BlockCipherMode.CCM,
]

/** SHA-1 and what is older is not among them. */
const HASHES: readonly unknown[] = [
  HashingAlgorithm.SHA_256,
  HashingAlgorithm.SHA_384,
  HashingAlgorithm.SHA_512,
  HashingAlgorithm.SHA_512_256,
  HashingAlgorithm.SHA3_256,
  HashingAlgorithm.SHA3_384,
  HashingAlgorithm.SHA3_512,
]

/**
 * Refuses to let a guarded key leave under a key that is not trusted or weaker than it is, or in a way that could be
 * taken apart.
 *
 * @param parameters - those that the wrapping key is about to be used with
 * @throws KmipFault `NOT_PERMITTED`
 */
export function checkGuardedWrap(
  guarded: ManagedObject,
  wrapping: ManagedObject,
  parameters: CryptographicParameters,
): void {
  if (!isTrusted(wrapping)) {
    throw new KmipFault(
      'NOT_PERMITTED',
      'The wrapping key is not one that sensitive keys leave under',
    )
  }
  if ((strengthOf(wrapping) ?? 0) < (strengthOf(guarded) ?? Infinity)) {
    throw new KmipFault('NOT_PERMITTED', 'The wrapping key is weaker than the key')
  }
  const { blockCipherMode: mode, paddingMethod: padding, hashingAlgorithm: hash } = parameters
  const isSound =
    wrapping.objectType === ObjectType.PublicKey
      ? padding === PaddingMethod.OAEP && HASHES.includes(hash)
      : MODES.includes(mode)
  if (!isSound) {
    throw new KmipFault('NOT_PERMITTED', 'Sensitive keys are not wrapped in this way')
  }
}
