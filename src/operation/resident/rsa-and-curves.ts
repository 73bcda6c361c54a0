import { KmipFault } from '../../fault/fault.ts'
import type { AsymmetricKind, Crypto, SignatureScheme } from '../../port/crypto.ts'
import type { TokenMechanism } from '../../port/token.ts'
import { Secret } from '../../secret/secret.ts'
import { HashingAlgorithm as H } from '../../spec/enum/hashing-algorithm.ts'
import { PaddingMethod } from '../../spec/enum/padding-method.ts'
import { MaskGeneration as G, Mechanism as M } from '../../spec/pkcs11/constant.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import { derSignature } from './ecdsa-signature.ts'
import { mechanismMissing } from './refusal.ts'

/** What is to be signed, with the way in which it is. */
export interface Digested {
  readonly scheme: SignatureScheme
  readonly digest: Uint8Array
}

/** Data, digested as a key of a kind signs it. Throws what `Signatures.schemeOf` throws, and `UNSUPPORTED_CRYPTOGRAPHY`. */
export function digestedBy(
  key: Pick<SigningKey, 'kind'>,
  parameters: CryptographicParameters,
  data: Secret,
  { signatures, hashes }: Crypto,
): Digested {
  const scheme = signatures.schemeOf(key, parameters)
  if (scheme.kind === 'EdDSA') throw mechanismMissing()
  return { scheme, digest: hashes.hash(scheme.hash, data) }
}

/** A key in the token as signing sees it. */
interface SigningKey {
  readonly kind: AsymmetricKind
  /** Bits. */
  readonly length: number
}

/**
 * Signs a digest, so that no data goes to the token. Throws `UNSUPPORTED_CRYPTOGRAPHY` and what `sign` throws.
 *
 * @param sign - uses the key in the token
 */
export async function signInToken(
  { scheme, digest }: Digested,
  { length }: SigningKey,
  crypto: Crypto,
  sign: (mechanism: TokenMechanism, data: Secret) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  switch (scheme.kind) {
    case 'PKCS1': {
      const info = crypto.signatures.digestInfo(scheme.hash, digest)
      return sign({ type: M.RSA_PKCS }, Secret.take(info))
    }
    case 'PSS':
      return sign(pssMechanism(scheme), Secret.copyOf(digest))
    case 'ECDSA': {
      // Of a longer digest the first bits count (FIPS 186-5 section 6.4.1).
      const signed = Secret.copyOf(digest.subarray(0, Math.ceil(length / 8)))
      return derSignature(await sign({ type: M.ECDSA }, signed))
    }
    case 'DSA':
    case 'EdDSA':
      throw mechanismMissing()
  }
}

function pssMechanism(scheme: Extract<SignatureScheme, { kind: 'PSS' }>): TokenMechanism {
  const { hash, mask, saltLength } = scheme
  return { type: M.RSA_PKCS_PSS, parameter: { kind: 'pss', ...hashesOf(hash, mask), saltLength } }
}

/**
 * OAEP alone: tokens are known that tell right padding of PKCS#1 v1.5 from wrong, and whoever may ask often enough
 * decrypts with that. Throws `UNSUPPORTED_CRYPTOGRAPHY`, `INVALID_MESSAGE` without a Padding Method.
 */
export function decryptionMechanism(
  kind: AsymmetricKind,
  parameters: CryptographicParameters,
): TokenMechanism {
  const { paddingMethod, hashingAlgorithm, maskGeneratorHashingAlgorithm, pSource } = parameters
  if (kind !== 'RSA') throw mechanismMissing()
  if (paddingMethod === undefined) {
    throw new KmipFault('INVALID_MESSAGE', 'A Padding Method is needed')
  }
  if (paddingMethod !== PaddingMethod.OAEP) throw mechanismMissing()
  const hashes = hashesOf(hashingAlgorithm ?? H.SHA_1, maskGeneratorHashingAlgorithm)
  return {
    type: M.RSA_PKCS_OAEP,
    parameter: { kind: 'oaep', ...hashes, label: pSource ?? new Uint8Array(0) },
  }
}

/** The mask generation function is that with SHA-1 where none is named (KMIP 1.4 section 3.6). */
function hashesOf(hash: H, mask: H = H.SHA_1): { readonly hash: number; readonly mask: number } {
  const row = HASHES.get(hash)
  const maskRow = HASHES.get(mask)
  if (row === undefined || maskRow === undefined) throw mechanismMissing()
  return { hash: row[0], mask: maskRow[1] }
}

const HASHES: ReadonlyMap<H, readonly [hash: number, mask: number]> = new Map<
  H,
  readonly [number, number]
>([
  [H.SHA_1, [M.SHA_1, G.MGF1_SHA1]],
  [H.SHA_224, [M.SHA224, G.MGF1_SHA224]],
  [H.SHA_256, [M.SHA256, G.MGF1_SHA256]],
  [H.SHA_384, [M.SHA384, G.MGF1_SHA384]],
  [H.SHA_512, [M.SHA512, G.MGF1_SHA512]],
])
