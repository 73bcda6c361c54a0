import { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import { RecommendedCurve } from '../../spec/enum/recommended-curve.ts'

/** One of the four kinds of keys of RFC 8410. */
export interface EdwardsKind {
  readonly identifier: string
  /** What KMIP calls the algorithm, where the kind fixes it; the keys for agreement are told by their curve. */
  readonly algorithm: CryptographicAlgorithm
  readonly curve?: RecommendedCurve
  /** Bytes of a public and of a private key alike. */
  readonly bytes: number
  /** Cryptographic Length. */
  readonly length: number
}

/** RFC 8410 section 3, KMIP 2.1 sections 11.12 and 11.45. */
export const EDWARDS: readonly EdwardsKind[] = [
  {
    identifier: '1.3.101.110',
    algorithm: CryptographicAlgorithm.ECDH,
    curve: RecommendedCurve.CURVE25519,
    bytes: 32,
    length: 256,
  },
  {
    identifier: '1.3.101.111',
    algorithm: CryptographicAlgorithm.ECDH,
    curve: RecommendedCurve.CURVE448,
    bytes: 56,
    length: 448,
  },
  {
    identifier: '1.3.101.112',
    algorithm: CryptographicAlgorithm.Ed25519,
    bytes: 32,
    length: 256,
  },
  {
    identifier: '1.3.101.113',
    algorithm: CryptographicAlgorithm.Ed448,
    bytes: 57,
    length: 456,
  },
]
