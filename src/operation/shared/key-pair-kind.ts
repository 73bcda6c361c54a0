import { KmipFault } from '../../fault/fault.ts'
import type { AsymmetricKeys, KeyPairRequest } from '../../port/crypto.ts'
import { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import { RecommendedCurve } from '../../spec/enum/recommended-curve.ts'
import type { CryptographicDomainParameters } from '../../spec/structure/cryptographic-domain-parameters.ts'

/** What attributes say of a key pair that is to be made. */
export interface StatedPair {
  readonly algorithm: CryptographicAlgorithm
  /** Cryptographic Length, in bits. */
  readonly length: number | undefined
  readonly domain: CryptographicDomainParameters | undefined
}

const A = CryptographicAlgorithm
const C = RecommendedCurve

/** Cryptographic Length where a request leaves it to the server. */
const MODULUS_BITS = 2048
const CURVE_BITS = 256

/** The curves of NIST over prime fields: what a length alone means. */
const CURVE_OF_LENGTH: ReadonlyMap<number, RecommendedCurve> = new Map<number, RecommendedCurve>([
  [192, C.P_192],
  [224, C.P_224],
  [256, C.P_256],
  [384, C.P_384],
  [521, C.P_521],
])

/** The algorithms whose keys lie on a curve that the Cryptographic Domain Parameters name. */
const ON_CURVES: readonly CryptographicAlgorithm[] = [A.EC, A.ECDSA, A.ECDH, A.ECMQV]

/**
 * Which pair to make (KMIP 1.4 sections 3.7, 4.2; KMIP 2.1 section 6.1.9).
 *
 * @throws KmipFault `INVALID_ATTRIBUTE_VALUE` where there are no such pairs, or the attributes contradict one another
 */
export function keyPairKind(stated: StatedPair, keys: AsymmetricKeys): KeyPairRequest {
  const { algorithm, length, domain } = stated
  if (algorithm === A.RSA) return { kind: 'RSA', bits: length ?? MODULUS_BITS }
  if (algorithm === A.DSA) return dsaKind(length ?? MODULUS_BITS, domain?.qlength)
  if (algorithm === A.Ed25519) return fixed('Ed25519', stated, [256], C.CURVE25519)
  if (algorithm === A.Ed448) return fixed('Ed448', stated, [456, 448], C.CURVE448)
  if (!ON_CURVES.includes(algorithm)) throw refused('There are no key pairs of this algorithm')
  return curveKind(stated, keys)
}

function dsaKind(bits: number, divisorBits: number | undefined): KeyPairRequest {
  return { kind: 'DSA', bits, ...(divisorBits === undefined ? {} : { divisorBits }) }
}

function curveKind(stated: StatedPair, keys: AsymmetricKeys): KeyPairRequest {
  const { algorithm, length, domain: { recommendedCurve: named, qlength } = {} } = stated
  const isForAgreement = algorithm === A.EC || algorithm === A.ECDH
  if (isForAgreement && named === C.CURVE25519) return fixed('X25519', stated, [256], named)
  if (isForAgreement && named === C.CURVE448) return fixed('X448', stated, [448], named)
  const curve = named ?? CURVE_OF_LENGTH.get(length ?? qlength ?? CURVE_BITS)
  if (curve === undefined || !keys.supportsCurve(curve)) throw refused('There is no such curve')
  return { kind: 'EC', curve }
}

/** A pair of a kind that leaves nothing to choose. */
function fixed(
  kind: 'Ed25519' | 'Ed448' | 'X25519' | 'X448',
  { length, domain }: StatedPair,
  lengths: readonly number[],
  curve: RecommendedCurve,
): KeyPairRequest {
  const isOfLength = length === undefined || lengths.includes(length)
  const isOnCurve = (domain?.recommendedCurve ?? curve) === curve
  if (!isOfLength || !isOnCurve)
    throw refused('Keys of this algorithm have another length or curve')
  return { kind }
}

function refused(what: string): KmipFault {
  return new KmipFault('INVALID_ATTRIBUTE_VALUE', what)
}
