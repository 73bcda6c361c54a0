import type { KeyBlock } from '../model/key-block.ts'
import type { CryptographicAlgorithm } from '../spec/enum/cryptographic-algorithm.ts'
import type { KeyCompressionType } from '../spec/enum/key-compression-type.ts'
import type { KeyFormatType } from '../spec/enum/key-format-type.ts'
import type { ObjectType } from '../spec/enum/object-type.ts'
import type { RecommendedCurve } from '../spec/enum/recommended-curve.ts'

/** What Key Material says of its key. */
export interface KeyDescription {
  /**
   * Absent for a symmetric key whose Key Block does not name it. Material on a curve does not tell EC, ECDSA, ECDH and
   * ECMQV apart: it is whichever of them the Key Block names.
   */
  readonly algorithm?: CryptographicAlgorithm
  /** Cryptographic Length, in bits: of the modulus, the prime, the curve's field or the symmetric key. */
  readonly length: number
  readonly curve?: RecommendedCurve
}

/** The form that a client wants a key in; what is absent stays as it is. */
export interface WantedForm {
  readonly keyFormatType?: KeyFormatType
  readonly keyCompressionType?: KeyCompressionType
}

/** Reads and writes the Key Format Types (KMIP 1.4 sections 2.1.3, 2.1.7 and 9.1.3.2.3). */
export interface KeyFormats {
  /**
   * What the material says; undefined where it cannot be read: wrapped, encrypted, absent, opaque, or of a format,
   * an algorithm or a curve that is not known. Throws `INVALID_FIELD` for material that is malformed or does not suit
   * the Object Type.
   */
  describe(objectType: ObjectType, keyBlock: KeyBlock): KeyDescription | undefined
  /**
   * The key in another form, its material a secret of its own. Throws `KEY_FORMAT_UNSUPPORTED`,
   * `KEY_COMPRESSION_UNSUPPORTED`, `KEY_VALUE_NOT_PRESENT`, and `INVALID_FIELD` as `describe` does. An encrypted PKCS#8
   * has no other form: opening it would take as long as whoever brought it likes.
   */
  convert(objectType: ObjectType, keyBlock: KeyBlock, wanted: WantedForm): KeyBlock
}
