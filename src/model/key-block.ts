import type { Secret } from '../secret/secret.ts'
import type { CryptographicAlgorithm } from '../spec/enum/cryptographic-algorithm.ts'
import type { KeyCompressionType } from '../spec/enum/key-compression-type.ts'
import type { KeyFormatType } from '../spec/enum/key-format-type.ts'
import type { KeyWrappingData } from '../spec/structure/key-wrapping-data.ts'
import type { AttributeEntry } from './attribute-set.ts'

/**
 * What a Key Value holds. `bytes`: the Key Material as it is. `structure`: a transparent key, kept as the TTLV encoding
 * of its Key Material item. `wrapped`: the whole Key Value under a wrapping key, or the material under it where
 * nothing was encoded; also a PKCS#12 container, which protects itself.
 */
export interface KeyValue {
  readonly form: 'bytes' | 'structure' | 'wrapped'
  readonly material: Secret
  /** Attributes that came inside the Key Value; none for a wrapped one. */
  readonly attributes: readonly AttributeEntry[]
}

/** KMIP 1.4 section 2.1.3, KMIP 2.1 section 3.1. */
export interface KeyBlock {
  readonly keyFormatType: KeyFormatType
  readonly keyCompressionType?: KeyCompressionType
  /** Absent when the key is kept elsewhere (KMIP 1.4 section 3.41). */
  readonly keyValue?: KeyValue
  readonly cryptographicAlgorithm?: CryptographicAlgorithm
  readonly cryptographicLength?: number
  readonly keyWrappingData?: KeyWrappingData
}

/** What is known of a key that is kept elsewhere; nothing of how it came. */
export function withoutKeyValue(keyBlock: KeyBlock): KeyBlock {
  const { keyFormatType, cryptographicAlgorithm, cryptographicLength } = keyBlock
  return {
    keyFormatType,
    ...(cryptographicAlgorithm === undefined ? {} : { cryptographicAlgorithm }),
    ...(cryptographicLength === undefined ? {} : { cryptographicLength }),
  }
}
