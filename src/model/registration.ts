import { KmipFault } from '../fault/fault.ts'
import type { CryptographicAlgorithm } from '../spec/enum/cryptographic-algorithm.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import type { KeyWrappingData } from '../spec/structure/key-wrapping-data.ts'
import { isVendorReference } from './attribute-reference.ts'
import type { ObjectContent } from './content.ts'
import type { KeyBlock } from './key-block.ts'
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

/** Fills a key block in from the attributes. Throws `INVALID_FIELD` where the two say different things. */
export function withStatedKey(content: ObjectContent, stated: StatedKey): ObjectContent {
  if (!isKeyed(content)) return content
  const { cryptographicAlgorithm, cryptographicLength } = content.keyBlock
  return withMeasure(content, {
    algorithm: agreed(cryptographicAlgorithm, stated.algorithm),
    length: agreed(cryptographicLength, stated.length),
  })
}

/**
 * Fills a key block in from its material.
 *
 * @param described - what the material says; undefined where it cannot be read
 * @throws KmipFault `INVALID_FIELD` where the key block says otherwise
 */
export function withDescribedKey(
  content: ObjectContent,
  described: DescribedKey | undefined,
): ObjectContent {
  if (!isKeyed(content) || described === undefined) return content
  checkDescribed(content.objectType, content.keyBlock, described)
  const { cryptographicAlgorithm, cryptographicLength } = content.keyBlock
  return withMeasure(content, {
    algorithm: cryptographicAlgorithm ?? described.algorithm,
    length: cryptographicLength ?? described.length,
  })
}

/** Refuses a key that is not of the algorithm or the length that its block states. Throws `INVALID_FIELD`. */
export function checkDescribed(
  objectType: ObjectType,
  keyBlock: KeyBlock,
  described: DescribedKey | undefined,
): void {
  if (described === undefined) return
  const algorithm = agreed(keyBlock.cryptographicAlgorithm, described.algorithm)
  const stated = keyBlock.cryptographicLength ?? described.length
  const fits =
    objectType === ObjectType.SymmetricKey && algorithm !== undefined
      ? hasFittingLength(algorithm, stated, described.length / 8)
      : stated === described.length
  if (!fits) {
    throw new KmipFault('INVALID_FIELD', 'Key Material does not have the Cryptographic Length')
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

function agreed<T>(inBlock: T | undefined, inAttributes: T | undefined): T | undefined {
  if (inBlock !== undefined && inAttributes !== undefined && inBlock !== inAttributes) {
    throw new KmipFault('INVALID_FIELD', 'Key Block and attributes describe different keys')
  }
  return inBlock ?? inAttributes
}

/** Refuses an object that lacks what the standard demands of it. Throws `INVALID_FIELD`. */
export function checkRegistered(content: ObjectContent): void {
  if (content.objectType === ObjectType.Template) checkTemplate(content)
  if (isKeyed(content)) checkKey(content)
}

/** A Template has its name as an object, not inside (KMIP 1.4 section 11.4). */
function checkTemplate({
  attributes,
}: Extract<ObjectContent, { readonly attributes: unknown }>): void {
  const isNamed = attributes.some(
    ({ reference }) => !isVendorReference(reference) && reference.name === 'Name',
  )
  if (isNamed) throw new KmipFault('INVALID_FIELD', 'A Template holds a Name')
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
