import type { AsymmetricKey, SignatureScheme } from '../../port/crypto.ts'
import { DigitalSignatureAlgorithm } from '../../spec/enum/digital-signature-algorithm.ts'
import { HashingAlgorithm } from '../../spec/enum/hashing-algorithm.ts'
import { PaddingMethod } from '../../spec/enum/padding-method.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import { hashKind } from './hash.ts'
import { invalid, mismatched, unsupported } from './refusal.ts'

type KindOfKey = Pick<AsymmetricKey, 'kind'>

type Named = readonly [kind: 'PKCS1' | 'DSA' | 'ECDSA', hash: HashingAlgorithm]

const D = DigitalSignatureAlgorithm
const H = HashingAlgorithm
const NAMED: ReadonlyMap<number, Named> = new Map<number, Named>([
  [D.MD5WithRSAEncryption, ['PKCS1', H.MD5]],
  [D.SHA_1WithRSAEncryption, ['PKCS1', H.SHA_1]],
  [D.SHA_224WithRSAEncryption, ['PKCS1', H.SHA_224]],
  [D.SHA_256WithRSAEncryption, ['PKCS1', H.SHA_256]],
  [D.SHA_384WithRSAEncryption, ['PKCS1', H.SHA_384]],
  [D.SHA_512WithRSAEncryption, ['PKCS1', H.SHA_512]],
  [D.DSAWithSHA_1, ['DSA', H.SHA_1]],
  [D.DSAWithSHA224, ['DSA', H.SHA_224]],
  [D.DSAWithSHA256, ['DSA', H.SHA_256]],
  [D.ECDSAWithSHA_1, ['ECDSA', H.SHA_1]],
  [D.ECDSAWithSHA224, ['ECDSA', H.SHA_224]],
  [D.ECDSAWithSHA256, ['ECDSA', H.SHA_256]],
  [D.ECDSAWithSHA384, ['ECDSA', H.SHA_384]],
  [D.ECDSAWithSHA512, ['ECDSA', H.SHA_512]],
  [D.SHA3_256WithRSAEncryption, ['PKCS1', H.SHA3_256]],
  [D.SHA3_384WithRSAEncryption, ['PKCS1', H.SHA3_384]],
  [D.SHA3_512WithRSAEncryption, ['PKCS1', H.SHA3_512]],
])

/**
 * Either the Digital Signature Algorithm, or the key's algorithm with a hash (KMIP 1.4 section 3.6); SHA-256 where
 * none is named. Throws `UNSUPPORTED_CRYPTOGRAPHY`, `INVALID_FIELD`, `PARAMETERS_NOT_OF_KEY`.
 */
export function schemeOf(key: KindOfKey, parameters: CryptographicParameters): SignatureScheme {
  if (isForeign(key, parameters)) {
    throw mismatched('The key is none of the Digital Signature Algorithm')
  }
  const kind = kindOf(key)
  if (kind === 'EdDSA') return { kind }
  const row = namedScheme(parameters)
  const hash = row?.[1] ?? parameters.hashingAlgorithm ?? H.SHA_256
  hashKind(hash)
  if (kind !== 'PKCS1') return { kind, hash }
  if (isPss(parameters)) return pssScheme(hash, parameters)
  if (row === undefined) checkPadding(parameters)
  return { kind, hash }
}

/** Whether a Digital Signature Algorithm is named that is none for the key. Throws `UNSUPPORTED_CRYPTOGRAPHY`. */
export function isForeign(key: KindOfKey, parameters: CryptographicParameters): boolean {
  const kind = kindOf(key)
  return (namedKind(namedScheme(parameters), parameters) ?? kind) !== kind
}

/** RSA without a Digital Signature Algorithm signs with the padding that is named, or with that of PKCS#1 v1.5. */
function checkPadding({ paddingMethod }: CryptographicParameters): void {
  if (paddingMethod === undefined || paddingMethod === PaddingMethod.PKCS1V1_5) return
  throw unsupported('The Padding Method')
}

function isPss(parameters: CryptographicParameters): boolean {
  return parameters.digitalSignatureAlgorithm === undefined
    ? parameters.paddingMethod === PaddingMethod.PSS
    : isNamedPss(parameters)
}

function isNamedPss({ digitalSignatureAlgorithm }: CryptographicParameters): boolean {
  return digitalSignatureAlgorithm === D.RSASSA_PSS
}

/** What the Digital Signature Algorithm fixes; undefined where it is absent or PSS. */
function namedScheme(parameters: CryptographicParameters): Named | undefined {
  const { digitalSignatureAlgorithm: named } = parameters
  if (named === undefined || isPss(parameters)) return undefined
  const row = NAMED.get(named)
  if (row === undefined) throw unsupported('The Digital Signature Algorithm')
  return row
}

/** Whose signatures the Digital Signature Algorithm is of, if it is there: PSS is RSA's. */
function namedKind(
  row: Named | undefined,
  parameters: CryptographicParameters,
): Named[0] | undefined {
  return isNamedPss(parameters) ? 'PKCS1' : row?.[0]
}

function kindOf({ kind }: KindOfKey): 'PKCS1' | 'DSA' | 'ECDSA' | 'EdDSA' {
  if (kind === 'RSA') return 'PKCS1'
  if (kind === 'DSA') return 'DSA'
  if (kind === 'EC') return 'ECDSA'
  if (kind === 'Ed25519' || kind === 'Ed448') return 'EdDSA'
  throw unsupported('A signature with the Cryptographic Algorithm')
}

/** The salt is as long as the digest where its length is not named (RFC 8017 section 9.1). */
function pssScheme(hash: HashingAlgorithm, parameters: CryptographicParameters): SignatureScheme {
  const { maskGeneratorHashingAlgorithm: mask, saltLength = hashKind(hash).size } = parameters
  if (parameters.trailerField !== undefined && parameters.trailerField !== 1) {
    throw unsupported('The Trailer Field')
  }
  if (mask !== undefined) hashKind(mask)
  if (saltLength < 0 || saltLength > 1024) throw invalid('The Salt Length does not fit the key')
  return { kind: 'PSS', hash, mask, saltLength }
}
