import { KmipFault } from '../../fault/fault.ts'
import type { KeyBlock, KeyValue } from '../../model/key-block.ts'
import type { KeyFormats, WantedForm } from '../../port/key-format.ts'
import { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import type { KeyCompressionType } from '../../spec/enum/key-compression-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import { describeKey } from './describe.ts'
import { formatOf, type Format, type KeyClass } from './format.ts'
import { destroyParts, type Key } from './key.ts'
import { malformed } from './malformed.ts'
import { encodePoint, formOf, uncompressible } from './point.ts'

/** The key formats: DER by our own reader and writer, and OpenSSL for points of curves. */
export const nodeKeyFormats: KeyFormats = {
  describe(objectType, keyBlock) {
    const key = readKey(objectType, keyBlock)
    if (key === undefined) return undefined
    try {
      return describeKey(key, keyBlock, formatOf(keyBlock.keyFormatType)?.algorithm)
    } finally {
      destroyParts(key)
    }
  },

  convert(objectType, keyBlock, wanted) {
    const { keyValue } = keyBlock
    if (keyValue === undefined) {
      throw new KmipFault('KEY_VALUE_NOT_PRESENT', 'The key is not kept here')
    }
    const { keyFormatType = keyBlock.keyFormatType, keyCompressionType } = wanted
    if (keyFormatType === keyBlock.keyFormatType && keyCompressionType === undefined) {
      return { ...keyBlock, keyValue: { ...keyValue, material: keyValue.material.clone() } }
    }
    const format = formatOf(keyFormatType)
    if (format === undefined) throw unsupported()
    checkNamed(keyBlock, format)
    const key = readKey(objectType, keyBlock)
    if (key === undefined) throw unsupported()
    try {
      return rewrite(key, { ...keyBlock, keyFormatType, keyValue }, format, wanted)
    } finally {
      destroyParts(key)
    }
  },
}

const CLASS_OF: ReadonlyMap<number, KeyClass> = new Map<number, KeyClass>([
  [ObjectType.SymmetricKey, 'symmetric'],
  [ObjectType.PublicKey, 'public'],
  [ObjectType.PrivateKey, 'private'],
])

/** The key in a block; undefined where it cannot be read. Throws `INVALID_FIELD`. */
function readKey(
  objectType: ObjectType,
  { keyFormatType, keyValue, keyWrappingData, cryptographicAlgorithm }: KeyBlock,
): Key | undefined {
  const kind = CLASS_OF.get(objectType)
  const format = formatOf(keyFormatType)
  const isPlain = keyValue !== undefined && keyWrappingData === undefined
  if (!isPlain || kind === undefined || format === undefined) return undefined
  const read = format.read[kind]
  if (read === undefined) {
    throw new KmipFault('INVALID_FIELD', 'The Key Format Type does not suit the Object Type')
  }
  if (keyValue.form !== format.form) throw malformed()
  return keyValue.material.expose((bytes) => read(bytes, cryptographicAlgorithm))
}

/** A key for ECDH is not written into a structure for ECDSA. Throws `KEY_FORMAT_UNSUPPORTED`. */
function checkNamed({ cryptographicAlgorithm: stated }: KeyBlock, { algorithm }: Format): void {
  const suits = [undefined, CryptographicAlgorithm.EC, algorithm].includes(stated)
  if (algorithm !== undefined && !suits) throw unsupported()
}

/** @param block - the block of the key, its format already the one wanted */
function rewrite(
  key: Key,
  block: KeyBlock & { readonly keyValue: KeyValue },
  format: Format,
  { keyCompressionType }: WantedForm,
): KeyBlock {
  const shaped = keyCompressionType === undefined ? key : compress(key, keyCompressionType)
  const material = format.write(shaped)
  if (material === undefined) throw unsupported()
  return {
    ...block,
    ...(keyCompressionType === undefined ? {} : { keyCompressionType }),
    keyValue: { ...block.keyValue, form: format.form, material },
  }
}

/** Key Compression Types are for public keys on curves (KMIP 1.4 section 2.1.3). */
function compress(key: Key, compression: KeyCompressionType): Key {
  if (key.kind !== 'ECPublic') throw uncompressible()
  const form = formOf(compression, key.curve)
  return { ...key, qString: encodePoint(key.qString, key.curve, form) }
}

function unsupported(): KmipFault {
  return new KmipFault('KEY_FORMAT_UNSUPPORTED', 'The key cannot be had with this Key Format Type')
}
