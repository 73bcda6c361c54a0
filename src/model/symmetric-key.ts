import { KmipFault } from '../fault/fault.ts'
import { CryptographicAlgorithm } from '../spec/enum/cryptographic-algorithm.ts'

/** The lengths a symmetric key may have, in bits; the first is taken where a request names none. */
interface KeyLengths {
  readonly lengths: readonly number[]
  /** Bytes of material for a length, where that is not an eighth of it. */
  readonly bytesOf?: Readonly<Record<number, number>>
}

const BYTE = 8
const upTo = (first: number, last: number, preferred: number): readonly number[] => {
  const count = (last - first) / BYTE + 1
  return [preferred, ...Array.from({ length: count }, (_, index) => first + index * BYTE)]
}

/** Any length in whole bytes that is neither trivial nor absurd; the digest's own is preferred. */
const hmac = (digestBits: number): KeyLengths => ({ lengths: upTo(BYTE, 8_192, digestBits) })

const A = CryptographicAlgorithm

const LENGTHS: ReadonlyMap<number, KeyLengths> = new Map([
  [A.AES, { lengths: [256, 128, 192] }],
  // Each DES key has 56 bits of strength in 64 bits; both counts are in use for the length.
  [A.DES, { lengths: [56, 64], bytesOf: { 56: 8 } }],
  [A.DES3, { lengths: [168, 112, 128, 192], bytesOf: { 168: 24, 112: 16 } }],
  [A.Camellia, { lengths: [256, 128, 192] }],
  [A.ARIA, { lengths: [256, 128, 192] }],
  [A.Twofish, { lengths: [256, 128, 192] }],
  [A.ChaCha20, { lengths: [256] }],
  [A.ChaCha20Poly1305, { lengths: [256] }],
  [A.Poly1305, { lengths: [256] }],
  [A.Blowfish, { lengths: upTo(32, 448, 128) }],
  [A.CAST5, { lengths: upTo(40, 128, 128) }],
  [A.IDEA, { lengths: [128] }],
  [A.SEED, { lengths: [128] }],
  [A.SM4, { lengths: [128] }],
  [A.SKIPJACK, { lengths: [80] }],
  [A.MARS, { lengths: [256, 128, 192] }],
  [A.RC2, { lengths: upTo(40, 1_024, 128) }],
  [A.RC4, { lengths: upTo(40, 2_048, 128) }],
  [A.RC5, { lengths: upTo(40, 2_040, 128) }],
  [A.OneTimePad, { lengths: upTo(BYTE, 65_536, 256) }],
  [A.HMAC_MD5, hmac(128)],
  [A.HMAC_SHA1, hmac(160)],
  [A.HMAC_SHA224, hmac(224)],
  [A.HMAC_SHA256, hmac(256)],
  [A.HMAC_SHA384, hmac(384)],
  [A.HMAC_SHA512, hmac(512)],
  [A.HMAC_SHA3_224, hmac(224)],
  [A.HMAC_SHA3_256, hmac(256)],
  [A.HMAC_SHA3_384, hmac(384)],
  [A.HMAC_SHA3_512, hmac(512)],
])

/** A kind of key that can be generated. */
export interface SymmetricKeyKind {
  /** In bits. */
  readonly length: number
  /** Bytes of key material. */
  readonly bytes: number
}

/** The key to make for an algorithm and the length asked for, in bits. Throws `INVALID_ATTRIBUTE_VALUE`. */
export function symmetricKeyKind(
  algorithm: CryptographicAlgorithm,
  length?: number,
): SymmetricKeyKind {
  const known = LENGTHS.get(algorithm)
  if (known === undefined) {
    throw new KmipFault('INVALID_ATTRIBUTE_VALUE', 'There are no symmetric keys of this algorithm')
  }
  const [preferred = 0] = known.lengths
  const chosen = length ?? preferred
  if (!known.lengths.includes(chosen)) {
    throw new KmipFault('INVALID_ATTRIBUTE_VALUE', 'Keys of this algorithm have another length')
  }
  return { length: chosen, bytes: known.bytesOf?.[chosen] ?? chosen / BYTE }
}

/** Whether material has the bytes that an algorithm's keys of a length have; true for algorithms that are not known. */
export function hasFittingLength(
  algorithm: CryptographicAlgorithm,
  length: number,
  bytes: number,
): boolean {
  return materialBytes(algorithm, length) === bytes
}

/** Bytes of material of an algorithm's keys, by their length in bits; for algorithms that are not known an eighth of it. */
export function materialBytes(algorithm: CryptographicAlgorithm, length: number): number {
  return LENGTHS.get(algorithm)?.bytesOf?.[length] ?? Math.ceil(length / BYTE)
}

/** Algorithms whose keys carry a parity bit in each byte (ANSI X9.52). */
export function hasParity(algorithm: CryptographicAlgorithm): boolean {
  return algorithm === A.DES || algorithm === A.DES3
}

/** Sets the lowest bit of each byte so that it has an odd number of ones. */
export function setOddParity(bytes: Uint8Array): void {
  bytes.forEach((byte, index) => {
    const ones = Array.from({ length: 7 }, (_, bit) => (byte >> (bit + 1)) & 1).reduce(
      (sum, one) => sum + one,
      0,
    )
    bytes[index] = (byte & 0xfe) | (ones % 2 === 0 ? 1 : 0)
  })
}
