import { KmipFault } from '../../fault/fault.ts'
import type { AttributeReference } from '../../model/attribute-reference.ts'
import type { AttributeEntry } from '../../model/attribute-set.ts'
import { keyBlockOf, type ObjectContent } from '../../model/content.ts'
import { checkQuantumSafe } from '../../model/quantum-safety.ts'
import type { KeyBlock } from '../../model/key-block.ts'
import {
  checkRegistered,
  withDescribedKey,
  withStatedKey,
  type Contradiction,
} from '../../model/registration.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import { LinkType } from '../../spec/enum/link-type.ts'
import type { Link } from '../../spec/structure/link.ts'
import type { OperationContext } from '../context.ts'
import { requestedValue } from './creation.ts'

/** An object that a client brings, with the attributes it wants for it. */
export interface BroughtObject {
  readonly object: ObjectContent
  readonly entries: readonly AttributeEntry[]
}

/**
 * The object with its key block filled in from the attributes and from the key material itself (KMIP 1.4 section 4.3).
 * Throws `WRONG_OBJECT_TYPE` where it is of another, `INVALID_ATTRIBUTE_VALUE` where attributes say what is not so,
 * `INVALID_FIELD` where the key block does or says too little, `ENCODING_OPTION_ERROR`, `NOT_QUANTUM_SAFE`.
 */
export function registeredContent(
  objectType: ObjectType,
  { object, entries }: BroughtObject,
  { keyFormats }: OperationContext,
): ObjectContent {
  if (objectType !== object.objectType) {
    throw new KmipFault('WRONG_OBJECT_TYPE', 'Object Type is not the type of the object')
  }
  const algorithm = requestedValue(entries, 'CryptographicAlgorithm')
  const length = requestedValue(entries, 'CryptographicLength')
  if (algorithm !== undefined) checkQuantumSafe(entries, algorithm)
  const stated = withStatedKey(object, { algorithm, length })
  const keyBlock = keyBlockOf(stated)
  const described = keyBlock && keyFormats.describe(objectType, keyBlock)
  const content = withDescribedKey(stated, described, contradiction(keyBlockOf(object)))
  checkRegistered(content)
  checkLocation(content, entries)
  return content
}

/** What is wrong where the material is of another key than was said: the block, or attributes where it says nothing. */
function contradiction(keyBlock: KeyBlock | undefined): Contradiction {
  const isSaid =
    keyBlock?.cryptographicAlgorithm !== undefined || keyBlock?.cryptographicLength !== undefined
  return isSaid ? 'INVALID_FIELD' : 'INVALID_ATTRIBUTE_VALUE'
}

/**
 * What an object says of itself, for which no default is wanted. Only the bytes of a symmetric key do not tell its
 * algorithm.
 */
export function saidBy(object: ObjectContent): readonly AttributeReference[] {
  const block = keyBlockOf(object)
  const isTold =
    object.objectType !== ObjectType.SymmetricKey || block?.cryptographicAlgorithm !== undefined
  return isTold ? [{ name: 'CryptographicAlgorithm' }, ...MEASURES] : MEASURES
}

const MEASURES: readonly AttributeReference[] = [
  { name: 'CryptographicLength' },
  { name: 'CertificateType' },
  { name: 'CertificateLength' },
  { name: 'DigitalSignatureAlgorithm' },
  { name: 'KeyFormatType' },
]

/**
 * The link to the key that a wrapped object is wrapped with, where the client finds it here (KMIP 2.1 section 6.1.43). KMIP 1.x
 * has no word for it and does not see it.
 */
export async function wrappingKeyLink(
  content: ObjectContent,
  { objects }: OperationContext,
): Promise<readonly AttributeEntry[]> {
  const wrapping = keyBlockOf(content)?.keyWrappingData
  const identifier = wrapping?.encryptionKeyInformation?.uniqueIdentifier
  if (identifier === undefined || !(await isKnown(objects.load(identifier, 'Locate')))) return []
  const value: Link = {
    linkType: LinkType.WrappingKeyLink,
    linkedObjectIdentifier: identifier,
  }
  return [{ reference: { name: 'Link' }, value }]
}

/**
 * What an object is in any case that comes wrapped, where guarded keys leave under trusted keys: it may be one of them
 * that comes back.
 */
export function wrappedProtection(
  content: ObjectContent,
  { policy }: OperationContext,
): readonly AttributeEntry[] {
  const isGuarded =
    policy.wrapping === 'trusted' && keyBlockOf(content)?.keyWrappingData !== undefined
  return isGuarded ? [{ reference: { name: 'Sensitive' }, value: true }] : []
}

async function isKnown(loading: Promise<unknown>): Promise<boolean> {
  try {
    await loading
    return true
  } catch (error) {
    if (error instanceof KmipFault && error.code === 'OBJECT_NOT_FOUND') return false
    throw error
  }
}

/** Where a key is kept elsewhere is told only of one that is not here (KMIP 1.4 section 3.42). */
function checkLocation(content: ObjectContent, entries: readonly AttributeEntry[]): void {
  const isHere = keyBlockOf(content)?.keyValue !== undefined
  if (isHere && requestedValue(entries, 'KeyValueLocation') !== undefined) {
    throw new KmipFault('INVALID_FIELD', 'Key Value Location is given for a key that is here')
  }
}
