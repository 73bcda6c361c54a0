import { KmipFault } from '../fault/fault.ts'
import type { CryptographicAlgorithm } from '../spec/enum/cryptographic-algorithm.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import type { KeyWrappingData } from '../spec/structure/key-wrapping-data.ts'
import { isKnownReference, isVendorReference } from './attribute-reference.ts'
import { unsupportedAttribute } from './attribute-rules.ts'
import type { ObjectContent } from './content.ts'
import type { KeyBlock } from './key-block.ts'
import { checkEncoding } from './key-wrapping.ts'
import { hasFittingLength } from './symmetric-key.ts'

/** What the attributes of a request say of its key. */
export interface StatedKey {
  readonly algorithm: CryptographicAlgorithm | undefined
  /** In bits. */
  readonly length: number | undefined
}

type Keyed = Extract<ObjectContent, { readonly keyBlock: KeyBlock }>

/**
 * The objects whose key block must tell algorithm and length (KMIP 1.4 section 4.3). That of a Split Key need not: the
 * official case TC-SJ-3 registers parts that say nothing, and names them when it joins.
 */
const KEYS: readonly ObjectType[] = [
  ObjectType.SymmetricKey,
  ObjectType.PublicKey,
  ObjectType.PrivateKey,
]

/** What the key material itself says of its key. */
export interface DescribedKey {
  readonly algorithm?: CryptographicAlgorithm
  /** In bits. */
  readonly length: number
}

/** Whether the request's own fields or its attributes are wrong where they say different things (KMIP 2.1 section 11.46). */
export type Contradiction = 'INVALID_FIELD' | 'INVALID_ATTRIBUTE_VALUE'

/** Fills a key block in from the attributes. Throws `INVALID_ATTRIBUTE_VALUE` where the two say different things. */
export function withStatedKey(content: ObjectContent, stated: StatedKey): ObjectContent {
  if (!isKeyed(content)) return content
  const { cryptographicAlgorithm, cryptographicLength } = content.keyBlock
  return withMeasure(content, {
    algorithm: agreed(cryptographicAlgorithm, stated.algorithm, 'INVALID_ATTRIBUTE_VALUE'),
    length: agreed(cryptographicLength, stated.length, 'INVALID_ATTRIBUTE_VALUE'),
  })
}

/**
 * Fills a key block in from its material.
 *
 * @param described - what the material says; undefined where it cannot be read
 * @param wrong - the fault where the key block says otherwise
 */
export function withDescribedKey(
  content: ObjectContent,
  described: DescribedKey | undefined,
  wrong: Contradiction,
): ObjectContent {
  if (!isKeyed(content) || described === undefined) return content
  checkDescribed(content.objectType, content.keyBlock, described, wrong)
  const { cryptographicAlgorithm, cryptographicLength } = content.keyBlock
  return withMeasure(content, {
    algorithm: cryptographicAlgorithm ?? described.algorithm,
    length: cryptographicLength ?? described.length,
  })
}

/** Refuses a key that is not of the algorithm or the length that its block states. Throws `wrong`. */
export function checkDescribed(
  objectType: ObjectType,
  keyBlock: KeyBlock,
  described: DescribedKey | undefined,
  wrong: Contradiction = 'INVALID_FIELD',
): void {
  if (described === undefined) return
  const algorithm = agreed(keyBlock.cryptographicAlgorithm, described.algorithm, wrong)
  const stated = keyBlock.cryptographicLength ?? described.length
  const fits =
    objectType === ObjectType.SymmetricKey && algorithm !== undefined
      ? hasFittingLength(algorithm, stated, described.length / 8)
      : stated === described.length
  if (!fits) {
    throw new KmipFault(wrong, 'Key Material does not have the Cryptographic Length')
  }
}

function withMeasure(content: Keyed, { algorithm, length }: StatedKey): ObjectContent {
  return {
    ...content,
    keyBlock: {
      ...content.keyBlock,
      ...(algorithm === undefined ? {} : { cryptographicAlgorithm: algorithm }),
      ...(length === undefined ? {} : { cryptographicLength: length }),
    },
  }
}

function isKeyed(content: ObjectContent): content is Keyed {
  return 'keyBlock' in content
}

function agreed<T>(one: T | undefined, other: T | undefined, wrong: Contradiction): T | undefined {
  if (one !== undefined && other !== undefined && one !== other) {
    throw new KmipFault(wrong, 'Key Block, attributes and Key Material describe different keys')
  }
  return one ?? other
}

/**
 * Refuses an object that lacks what the standard demands of it. Throws `INVALID_FIELD`, `ENCODING_OPTION_ERROR`,
 * `UNSUPPORTED_ATTRIBUTE`.
 */
export function checkRegistered(content: ObjectContent): void {
  if (content.objectType === ObjectType.Template) checkTemplate(content)
  if (isKeyed(content)) checkKey(content)
}

/** A Template has its name as an object, not inside (KMIP 1.4 section 11.4), and nothing that no object can have. */
function checkTemplate({
  attributes,
}: Extract<ObjectContent, { readonly attributes: unknown }>): void {
  const isNamed = attributes.some(
    ({ reference }) => !isVendorReference(reference) && reference.name === 'Name',
  )
  if (isNamed) throw new KmipFault('INVALID_FIELD', 'A Template holds a Name')
  if (!attributes.every(({ reference }) => isKnownReference(reference))) {
    throw unsupportedAttribute()
  }
}

function checkKey({ objectType, keyBlock }: Keyed): void {
  const { keyValue, keyWrappingData } = keyBlock
  if (keyValue === undefined) checkAbsent(objectType, keyBlock)
  if (keyWrappingData !== undefined) checkWrapped(keyWrappingData)
  else if (keyValue?.form === 'wrapped') {
    throw new KmipFault(
      'INVALID_FIELD',
      'Key Value is a byte string, but nothing says how it is wrapped',
    )
  } else if (KEYS.includes(objectType)) checkMeasured(keyBlock)
}

/** The objects whose key may be kept elsewhere (KMIP 1.4 section 3.41). */
const KEPT_ELSEWHERE: readonly ObjectType[] = [
  ObjectType.SymmetricKey,
  ObjectType.PrivateKey,
  ObjectType.SplitKey,
  ObjectType.SecretData,
]

function checkAbsent(objectType: ObjectType, { keyWrappingData }: KeyBlock): void {
  if (keyWrappingData !== undefined) {
    throw new KmipFault('INVALID_FIELD', 'Key Wrapping Data comes without a Key Value')
  }
  if (!KEPT_ELSEWHERE.includes(objectType)) {
    throw new KmipFault('INVALID_FIELD', 'An object of this type needs a Key Value')
  }
}

/** One of the two keys must be named (KMIP 1.4 section 2.1.5). */
function checkWrapped(wrapping: KeyWrappingData): void {
  const { encryptionKeyInformation, macSignatureKeyInformation } = wrapping
  if (encryptionKeyInformation === undefined && macSignatureKeyInformation === undefined) {
    throw new KmipFault('INVALID_FIELD', 'Key Wrapping Data names no key')
  }
  checkEncoding(wrapping)
}

function checkMeasured({
  cryptographicAlgorithm: algorithm,
  cryptographicLength: length,
}: KeyBlock): void {
  if (algorithm === undefined || length === undefined) {
    throw new KmipFault(
      'INVALID_FIELD',
      'Cryptographic Algorithm and Cryptographic Length are missing',
    )
  }
}
