import { KmipFault } from '../fault/fault.ts'
import type { CryptographicAlgorithm } from '../spec/enum/cryptographic-algorithm.ts'
import { KeyFormatType } from '../spec/enum/key-format-type.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
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

/** Fills a key block in from the attributes. Throws `INVALID_FIELD` where the two say different things. */
export function withStatedKey(content: ObjectContent, stated: StatedKey): ObjectContent {
  if (!isKeyed(content)) return content
  const algorithm = agreed(content.keyBlock.cryptographicAlgorithm, stated.algorithm)
  const length = agreed(content.keyBlock.cryptographicLength, stated.length) ?? rawLength(content)
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

/** A raw symmetric key tells its length itself. */
function rawLength({ objectType, keyBlock }: Keyed): number | undefined {
  if (objectType !== ObjectType.SymmetricKey || !isPlainRaw(keyBlock)) return undefined
  return (keyBlock.keyValue?.material.length ?? 0) * 8
}

function isPlainRaw({ keyFormatType, keyValue, keyWrappingData }: KeyBlock): boolean {
  return (
    keyFormatType === KeyFormatType.Raw &&
    keyValue?.form === 'bytes' &&
    keyWrappingData === undefined
  )
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
  const isWrapped = keyBlock.keyWrappingData !== undefined
  if (keyBlock.keyValue?.form === 'wrapped' && !isWrapped) {
    throw new KmipFault(
      'INVALID_FIELD',
      'Key Value is a byte string, but nothing says how it is wrapped',
    )
  }
  if (!isWrapped && KEYS.includes(objectType)) checkMeasure(objectType, keyBlock)
}

function checkMeasure(objectType: ObjectType, keyBlock: KeyBlock): void {
  const { cryptographicAlgorithm: algorithm, cryptographicLength: length, keyValue } = keyBlock
  if (algorithm === undefined || length === undefined) {
    throw new KmipFault(
      'INVALID_FIELD',
      'Cryptographic Algorithm and Cryptographic Length are missing',
    )
  }
  const isMeasured = objectType === ObjectType.SymmetricKey && isPlainRaw(keyBlock)
  if (isMeasured && !hasFittingLength(algorithm, length, keyValue?.material.length ?? 0)) {
    throw new KmipFault('INVALID_FIELD', 'Key Material does not have the Cryptographic Length')
  }
}
