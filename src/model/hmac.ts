import { CryptographicAlgorithm } from '../spec/enum/cryptographic-algorithm.ts'
import { HashingAlgorithm } from '../spec/enum/hashing-algorithm.ts'

const A = CryptographicAlgorithm
const H = HashingAlgorithm

type Row = readonly [CryptographicAlgorithm, HashingAlgorithm]

const ROWS: readonly Row[] = [
  [A.HMAC_MD5, H.MD5],
  [A.HMAC_SHA1, H.SHA_1],
  [A.HMAC_SHA224, H.SHA_224],
  [A.HMAC_SHA256, H.SHA_256],
  [A.HMAC_SHA384, H.SHA_384],
  [A.HMAC_SHA512, H.SHA_512],
  [A.HMAC_SHA3_224, H.SHA3_224],
  [A.HMAC_SHA3_256, H.SHA3_256],
  [A.HMAC_SHA3_384, H.SHA3_384],
  [A.HMAC_SHA3_512, H.SHA3_512],
]

/** The hash of an HMAC; undefined for what is none. */
export function hashOfHmac(
  algorithm: CryptographicAlgorithm | undefined,
): HashingAlgorithm | undefined {
  return ROWS.find(([hmac]) => hmac === algorithm)?.[1]
}

/** The HMAC with a hash; undefined where the standard has none. */
export function hmacOfHash(hash: HashingAlgorithm): CryptographicAlgorithm | undefined {
  return ROWS.find(([, each]) => each === hash)?.[0]
}
