import { KmipFault } from '../fault/fault.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { ProtectionStorageMask } from '../spec/mask/protection-storage-mask.ts'
import { Tag } from '../spec/tag.ts'
import { ItemType, type Item } from '../ttlv/item.ts'
import { isVendorReference, type AttributeReference } from './attribute-reference.ts'
import { vendorItem, type AttributeEntry, type AttributeSet } from './attribute-set.ts'
import type { ManagedObject } from './managed-object.ts'

/** Where a key is kept: with its object, or in the PKCS#11 token. */
export type Storage = 'store' | 'token'

/**
 * The attribute by which a client of any version says where a new key is to be kept, and by which it sees it
 * afterwards: `x-KeyStorage` of KMIP 1.x, `KeyStorage` of the vendor `x` in 2.x, with the text `store` or `token`.
 */
export const KEY_STORAGE: AttributeReference = { vendor: 'x', name: 'KeyStorage' }

/** Whether a reference names {@link KEY_STORAGE}, which nobody changes once the object is there. */
export function isKeyStorage(reference: AttributeReference): boolean {
  return isVendorReference(reference) && reference.vendor === 'x' && reference.name === 'KeyStorage'
}

/**
 * Whether the key of an object is in the token and not with its object. The Protection Storage Mask tells, which the
 * server alone sets (KMIP 2.1 section 4.44).
 */
export function isResident({ attributes }: Pick<ManagedObject, 'attributes'>): boolean {
  const mask = attributes.get('ProtectionStorageMask') ?? 0
  return (mask & ProtectionStorageMask.Hardware) !== 0
}

/** Where the attributes of a request want the key to be; undefined where they do not say. Throws `INVALID_ATTRIBUTE_VALUE`. */
export function wantedStorage(entries: readonly AttributeEntry[]): Storage | undefined {
  const [entry, ...others] = entries.filter(({ reference }) => isKeyStorage(reference))
  if (entry === undefined) return undefined
  const wanted = others.length > 0 ? undefined : storageIn(vendorItem(entry.value))
  if (wanted !== undefined) return wanted
  throw new KmipFault('INVALID_ATTRIBUTE_VALUE', 'Key Storage is either store or token')
}

function storageIn(item: Item): Storage | undefined {
  const text = item.type === ItemType.TextString ? new TextDecoder().decode(item.value) : undefined
  return text === 'store' || text === 'token' ? text : undefined
}

/** The objects whose key the token can have. A public key is no secret, and stays with its object. */
export function canReside(objectType: ObjectType): boolean {
  return objectType === ObjectType.SymmetricKey || objectType === ObjectType.PrivateKey
}

/**
 * Refuses to have a key in the token that is to be shown. Throws `INVALID_ATTRIBUTE_VALUE`.
 *
 * @param asked - what the request says; what a key takes over from the one it replaces may be otherwise
 */
export function checkHidden(asked: readonly AttributeEntry[]): void {
  const isShown = asked.some(
    ({ reference: { name }, value }) =>
      (name === 'Sensitive' && value === false) || (name === 'Extractable' && value === true),
  )
  if (!isShown) return
  throw new KmipFault(
    'INVALID_ATTRIBUTE_VALUE',
    'A key in the token is sensitive and not extractable',
  )
}

/**
 * What is true of a key in the token: it is sensitive and does not leave, and always was so where it was made there
 * (KMIP 1.4 sections 3.48 to 3.51).
 */
export function withResidence(wanted: AttributeSet, origin: 'made' | 'brought'): AttributeSet {
  const wasNeverOut = origin === 'made'
  return wanted
    .without(KEY_STORAGE)
    .adding(KEY_STORAGE, TOKEN_ITEM)
    .with('KeyValuePresent', false)
    .with('Sensitive', true)
    .with('AlwaysSensitive', wasNeverOut)
    .with('Extractable', false)
    .with('NeverExtractable', wasNeverOut)
    .with('ProtectionStorageMask', ProtectionStorageMask.Hardware)
}

const TOKEN_ITEM: Item = {
  tag: Tag.AttributeValue.number,
  type: ItemType.TextString,
  value: new TextEncoder().encode('token'),
}
