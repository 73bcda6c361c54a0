import { KmipFault } from '../../fault/fault.ts'
import type { PrivateKey, PublicKey } from '../../port/crypto.ts'
import { Secret } from '../../secret/secret.ts'
import type { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import type { Services } from '../context.ts'
import type { ResidentKey } from '../resident/resident-key.ts'
import { digestedBy } from '../resident/rsa-and-curves.ts'

/** A key as cryptography takes it. */
export type KeyHandle =
  | {
      readonly kind: 'symmetric'
      readonly algorithm: CryptographicAlgorithm
      readonly key: Secret
    }
  | { readonly kind: 'private'; readonly key: PrivateKey }
  | { readonly kind: 'public'; readonly key: PublicKey }
  | { readonly kind: 'resident'; readonly half: 'secret' | 'private'; readonly key: ResidentKey }

/** A key with the way in which it is to be used. */
export interface WrappingKey {
  readonly handle: KeyHandle
  readonly parameters: CryptographicParameters
}

/** What was encrypted; the tag of an authenticated mode is at its end. */
export interface Encrypted {
  readonly data: Secret
  readonly ivCounterNonce?: Uint8Array
}

/** Encrypts a Key Value under a symmetric or a public key, with an IV of the server's where the mode takes one. */
export async function encryptKeyValue(
  plain: Secret,
  { handle, parameters }: WrappingKey,
  { crypto, random }: Services,
): Promise<Encrypted> {
  if (handle.kind === 'private' || isPrivateHalf(handle)) throw unfit()
  if (handle.kind === 'public') {
    return { data: encryptedByPublicKey(plain, { key: handle.key, parameters }, crypto) }
  }
  const { algorithm } = handle.kind === 'resident' ? handle.key : handle
  const ivLength = crypto.ciphers.ivLength(algorithm, parameters)
  const iv = random.bytes(ivLength).expose((bytes) => Uint8Array.from(bytes))
  const used = ivLength === 0 ? {} : { iv }
  const cipher = { algorithm, parameters, ...used }
  const { data, tag } =
    handle.kind === 'resident'
      ? await handle.key.encrypt(cipher, plain)
      : crypto.ciphers.encrypt({ ...cipher, key: handle.key }, plain)
  return {
    data: tag === undefined ? data : withTag(data, tag),
    ...(ivLength === 0 ? {} : { ivCounterNonce: iv }),
  }
}

/** The tables of Get and Export have no reason for what cryptography refuses; what does not fit is the request's fault. */
function encryptedByPublicKey(
  plain: Secret,
  { key, parameters }: { readonly key: PublicKey; readonly parameters: CryptographicParameters },
  { keyEncryption }: Services['crypto'],
): Secret {
  try {
    return Secret.take(keyEncryption.encrypt(key, parameters, plain))
  } catch (error) {
    if (!(error instanceof KmipFault && error.code === 'CRYPTO_FAILED')) throw error
    throw new KmipFault('INVALID_FIELD', 'The key cannot be encrypted by the wrapping key')
  }
}

function withTag(data: Secret, tag: Uint8Array): Secret {
  const whole = new Uint8Array(data.length + tag.length)
  data.expose((bytes) => {
    whole.set(bytes)
  })
  whole.set(tag, data.length)
  data.destroy()
  return Secret.take(whole)
}

/** The reverse of {@link encryptKeyValue}, by the private key where it was a public one. Throws `CRYPTO_FAILED`. */
export async function decryptKeyValue(
  { data, ivCounterNonce }: Encrypted,
  { handle, parameters }: WrappingKey,
  { crypto }: Services,
): Promise<Secret> {
  if (handle.kind === 'public') throw unfit()
  if (handle.kind === 'private') return crypto.keyEncryption.decrypt(handle.key, parameters, data)
  const iv = ivCounterNonce === undefined ? {} : { iv: ivCounterNonce }
  if (handle.kind === 'resident') {
    if (handle.half === 'private') return handle.key.decryptByPrivate(parameters, data)
    return handle.key.decrypt({ algorithm: handle.key.algorithm, parameters, ...iv }, data)
  }
  const { algorithm, key } = handle
  return crypto.ciphers.decrypt({ algorithm, parameters, key, ...iv }, data)
}

/** The MAC of a Key Value by a symmetric key, or its signature by a private one. */
export async function authenticateKeyValue(
  data: Secret,
  { handle, parameters }: WrappingKey,
  { crypto }: Services,
): Promise<Uint8Array> {
  if (handle.kind === 'public') throw unfit()
  if (handle.kind === 'resident') {
    if (handle.half === 'secret') return handle.key.mac(parameters, data)
    const digested = digestedBy(handle.key, parameters, data, crypto)
    return handle.key.sign(digested)
  }
  if (handle.kind === 'private') return crypto.signatures.sign(handle.key, parameters, data)
  const { algorithm, key } = handle
  return crypto.macs.mac({ algorithm, parameters, key }, data)
}

/** Whether a MAC or signature is that of a Key Value. */
export async function isAuthentic(
  { data, macSignature }: { readonly data: Secret; readonly macSignature: Uint8Array },
  { handle, parameters }: WrappingKey,
  { crypto }: Services,
): Promise<boolean> {
  if (handle.kind === 'private' || isPrivateHalf(handle)) throw unfit()
  if (handle.kind === 'resident') return handle.key.isMacOf(macSignature, parameters, data)
  if (handle.kind === 'public') {
    return crypto.signatures.verify(handle.key, parameters, { data, signature: macSignature })
  }
  const { algorithm, key } = handle
  return crypto.macs.verify({ algorithm, parameters, key }, data, macSignature)
}

function isPrivateHalf(handle: KeyHandle): boolean {
  return handle.kind === 'resident' && handle.half === 'private'
}

function unfit(): KmipFault {
  return new KmipFault('INCOMPATIBLE_USAGE', 'A key of this kind cannot be used for the wrapping')
}
