import type { ParameterReader } from '../../message/pkcs11/parameter-reader.ts'
import type { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'

/**
 * What a mechanism gives out for what goes in: `blocks` as many whole blocks, `padded` the same and a block more,
 * `stream` byte for byte, `sealed` the same and a tag, `key` as many bytes as the key has, `fixed` a size of its own.
 */
export type Shape = 'blocks' | 'padded' | 'stream' | 'sealed' | 'key' | 'fixed'

/** A mechanism with its parameter, in the words of KMIP. */
export interface Plan {
  readonly shape: Shape
  /** Which KMIP operation does it: a MAC is none of the signatures. */
  readonly by: 'cipher' | 'hash' | 'mac' | 'signature'
  /** Algorithms that its keys have; empty where there is no key. */
  readonly algorithms: readonly CryptographicAlgorithm[]
  readonly parameters: CryptographicParameters
  /** Bytes of a `fixed` result. */
  readonly size: number
  readonly iv?: Uint8Array
  readonly associated?: Uint8Array
}

/** A mechanism of the server's own module. */
export interface MechanismRow {
  readonly type: number
  /** What it is for, bits of `MechanismFlag`. */
  readonly flags: number
  /** The least and the most, in the unit that PKCS#11 has for the mechanism. */
  readonly sizes: readonly [number, number]
  /** Absent for those that make keys. Undefined where the parameter is not one of the mechanism. */
  readonly plan?: (parameter: Uint8Array | undefined) => Plan | undefined
}

/**
 * Reads a number that stands for a count or a length and might be written in four bytes, or else in eight: the
 * profile has rules for both, and what is left in the parameter says which was followed.
 */
export function looseLength(reader: ParameterReader, isLong: boolean): number {
  return isLong ? reader.ulong() : reader.length()
}
