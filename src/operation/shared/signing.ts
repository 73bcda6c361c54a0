import { KmipFault } from '../../fault/fault.ts'
import type { AsymmetricKey, AsymmetricKind, Crypto } from '../../port/crypto.ts'
import { Secret } from '../../secret/secret.ts'
import { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import { HashingAlgorithm } from '../../spec/enum/hashing-algorithm.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import type { Part } from '../streams.ts'
import { isWhole, type PartRequest } from './parts.ts'

/** A request with what is signed, or with a digest of it. */
export interface SignedRequest extends PartRequest {
  readonly digestedData?: Uint8Array
}

/** The part of a request. Throws `INVALID_FIELD` for a digest that comes with data or in parts. */
export function signedPart(request: SignedRequest): Part {
  const { data, digestedData } = request
  if (digestedData === undefined) return data === undefined ? {} : { data }
  if (data !== undefined) {
    throw new KmipFault('INVALID_FIELD', 'Data and Digested Data exclude one another')
  }
  if (!isWhole(request)) {
    throw new KmipFault('INVALID_FIELD', 'Digested Data is signed at once or not at all')
  }
  return { data: Secret.copyOf(digestedData) }
}

const H = HashingAlgorithm
/** The hashes a digest may be of that comes without the name of one: no two have digests of one length. */
const BY_LENGTH: readonly HashingAlgorithm[] = [
  H.MD5,
  H.SHA_1,
  H.SHA_224,
  H.SHA_256,
  H.SHA_384,
  H.SHA_512,
]

/** The parameters with the hash that the digest is of. */
export function digestParameters(
  parameters: CryptographicParameters,
  length: number,
  { hashes }: Crypto,
): CryptographicParameters {
  const { hashingAlgorithm, digitalSignatureAlgorithm } = parameters
  if (hashingAlgorithm !== undefined || digitalSignatureAlgorithm !== undefined) return parameters
  const found = BY_LENGTH.find((algorithm) => hashes.size(algorithm) === length)
  return found === undefined ? parameters : { ...parameters, hashingAlgorithm: found }
}

type KindOfKey = Pick<AsymmetricKey, 'kind'>

const A = CryptographicAlgorithm
const ALGORITHMS: Partial<Record<AsymmetricKind, readonly CryptographicAlgorithm[]>> = {
  RSA: [A.RSA],
  DSA: [A.DSA],
  EC: [A.EC, A.ECDSA],
  Ed25519: [A.Ed25519, A.EC],
  Ed448: [A.Ed448, A.EC],
}

/** Refuses to sign by an algorithm that the key is not of. Throws `PARAMETERS_NOT_OF_KEY`. */
export function checkAlgorithm(key: KindOfKey, parameters: CryptographicParameters): void {
  if (isOfAlgorithm(key, parameters)) return
  throw new KmipFault('PARAMETERS_NOT_OF_KEY', 'The Cryptographic Algorithm is not that of the key')
}

/** Whether the key is of the algorithm that the parameters name, if they name one. */
export function isOfAlgorithm(
  { kind }: KindOfKey,
  { cryptographicAlgorithm: named }: CryptographicParameters,
): boolean {
  return named === undefined || ALGORITHMS[kind]?.includes(named) === true
}
