import type { Secret } from '../secret/secret.ts'
import type { CryptographicAlgorithm } from '../spec/enum/cryptographic-algorithm.ts'
import type { HashingAlgorithm } from '../spec/enum/hashing-algorithm.ts'
import type { KeyFormatType } from '../spec/enum/key-format-type.ts'
import type { RecommendedCurve } from '../spec/enum/recommended-curve.ts'
import type { CryptographicParameters } from '../spec/structure/cryptographic-parameters.ts'

/**
 * What the core asks of cryptography.
 *
 * Every ability keeps the same three rules. Parameters that no key could make right are refused with
 * `UNSUPPORTED_CRYPTOGRAPHY` (not built), `PARAMETERS_NOT_OF_KEY` (those of another algorithm than the key's) or
 * `INVALID_FIELD` (contradictory, of a wrong length) before a key is touched.
 * Whatever goes wrong after that is `CRYPTO_FAILED` with one text, so that an answer says nothing about secret bytes.
 * No result shares memory with an argument.
 */
export interface Crypto {
  /** @param algorithm - normalised name of a Hashing Algorithm, as in `SHA_256` */
  digest(algorithm: 'SHA_256', data: Uint8Array): Uint8Array
  readonly hashes: Hashes
  readonly ciphers: Ciphers
  readonly macs: Macs
  readonly derivation: Derivation
  readonly keys: AsymmetricKeys
  readonly keyEncryption: KeyEncryption
  readonly signatures: Signatures
}

/** Bytes to be worked on; most of what clients send is a secret. */
export type Bytes = Secret | Uint8Array

/** Digests (KMIP 1.4 section 9.1.3.2.16). */
export interface Hashes {
  supports(algorithm: HashingAlgorithm): boolean
  /** Length of the digest in bytes. */
  size(algorithm: HashingAlgorithm): number
  begin(algorithm: HashingAlgorithm): HashStream
  hash(algorithm: HashingAlgorithm, data: Bytes): Uint8Array
}

/** A digest under way. Nothing may follow `finish`. */
export interface HashStream {
  update(data: Bytes): this
  finish(): Uint8Array
  /** The same digest so far, to go on apart from this one. */
  clone(): HashStream
}

/** What a symmetric cipher is to do, and with what. */
export interface CipherRequest {
  /** That of the key. */
  readonly algorithm: CryptographicAlgorithm
  readonly parameters: CryptographicParameters
  readonly key: Secret
  /** IV, counter or nonce. */
  readonly iv?: Uint8Array
  /** What is authenticated and not encrypted; for AEAD modes alone. */
  readonly associated?: Uint8Array
  /** Lets tags be shorter than 96 bits. Only a policy may say so. */
  readonly shortTags?: boolean
}

/** What is to be decrypted; an AEAD mode without `tag` has it as the last Tag Length bytes of the ciphertext. */
export interface DecryptRequest extends CipherRequest {
  readonly tag?: Uint8Array
}

/** What a symmetric cipher gave at its end. */
export interface CipherResult {
  readonly data: Secret
  /** When encrypting in an AEAD mode. */
  readonly tag?: Uint8Array
}

/**
 * Encryption or decryption by parts. What is given back holds whole blocks as soon as they are certain; decryption
 * with padding keeps the last block for `finish`, and modes that check the whole (GCM, CCM, key wrap) or need it
 * (XTS) keep everything, so that the caller must bound what a stream takes.
 */
export interface CipherStream {
  /** Whether it keeps all that it takes until the end. */
  readonly gathers: boolean
  update(data: Bytes): Secret
  finish(): CipherResult
  /** Forgets what is held; for streams that are not finished. */
  destroy(): void
}

/** Symmetric encryption: block ciphers in their modes, stream ciphers, AEAD and key wrap. */
export interface Ciphers {
  /** Whether the algorithm works in the mode that the parameters name. */
  supports(algorithm: CryptographicAlgorithm, parameters: CryptographicParameters): boolean
  /** Bytes of an IV that the server is to make: the only, the asked for, or the usual length; 0 when there is none. */
  ivLength(algorithm: CryptographicAlgorithm, parameters: CryptographicParameters): number
  encrypt(request: CipherRequest, plaintext: Bytes): CipherResult
  decrypt(request: DecryptRequest, ciphertext: Bytes): Secret
  beginEncrypt(request: CipherRequest): CipherStream
  beginDecrypt(request: DecryptRequest): CipherStream
}

/** What a MAC is made with: HMAC, CMAC, CBC-MAC, GMAC (with an IV) or Poly1305. */
export interface MacRequest {
  /** That of the key; the parameters may name another, as HMAC-SHA256 for an AES key. */
  readonly algorithm: CryptographicAlgorithm
  readonly parameters: CryptographicParameters
  readonly key: Secret
  /** For GMAC alone. */
  readonly iv?: Uint8Array
}

/** A MAC under way. */
export interface MacStream {
  /** Whether it keeps all that it takes until the end. */
  readonly gathers: boolean
  update(data: Bytes): this
  finish(): Uint8Array
  /** Ends the MAC and compares it in constant time; false when `mac` is not exactly it. */
  verify(mac: Uint8Array): boolean
  /** Forgets what is held; for streams that are not finished. */
  destroy(): void
}

/** Message authentication codes. */
export interface Macs {
  begin(request: MacRequest): MacStream
  mac(request: MacRequest, data: Bytes): Uint8Array
  verify(request: MacRequest, data: Bytes, mac: Uint8Array): boolean
}

/** What kind of asymmetric key one is. */
export type AsymmetricKind = 'RSA' | 'DSA' | 'DH' | 'EC' | 'Ed25519' | 'Ed448' | 'X25519' | 'X448'

/** What can be known of a key of either half. */
export interface AsymmetricKey {
  readonly kind: AsymmetricKind
  /** Cryptographic Length: bits of the modulus or of the curve. */
  readonly bits: number
  /** For EC alone; undefined when the curve is none of the standard's. */
  readonly curve: RecommendedCurve | undefined
  /** Forgets the key; it serves no more. */
  destroy(): void
}

/** A private key, parsed once. */
export interface PrivateKey extends AsymmetricKey {
  readonly half: 'private'
}

/** A public key, parsed once. */
export interface PublicKey extends AsymmetricKey {
  readonly half: 'public'
}

/** Which pair to make. RSA and DSA are made in a process apart, the others at once. */
export type KeyPairRequest =
  | { readonly kind: 'RSA'; readonly bits: number; readonly exponent?: number }
  | { readonly kind: 'DSA'; readonly bits: number; readonly divisorBits?: number }
  | { readonly kind: 'EC'; readonly curve: RecommendedCurve }
  | { readonly kind: 'Ed25519' | 'Ed448' | 'X25519' | 'X448' }

/** A new pair; `exportPrivate` and `exportPublic` give it any other format. */
export interface KeyPair {
  readonly privateKey: PrivateKey
  readonly publicKey: PublicKey
}

/** Parsing, writing and making of asymmetric keys. */
export interface AsymmetricKeys {
  /** From PKCS_1, PKCS_8 or ECPrivateKey in DER. Throws `KEY_FORMAT_UNSUPPORTED`, `CRYPTO_FAILED`. */
  parsePrivate(format: KeyFormatType, der: Secret): PrivateKey
  /** From PKCS_1 or X_509 (SubjectPublicKeyInfo) in DER. Throws `KEY_FORMAT_UNSUPPORTED`, `CRYPTO_FAILED`. */
  parsePublic(format: KeyFormatType, der: Bytes): PublicKey
  /** The key that an X.509 certificate in DER is for. Throws `CRYPTO_FAILED`. */
  parseCertificate(der: Uint8Array): PublicKey
  exportPrivate(key: PrivateKey, format: KeyFormatType): Secret
  exportPublic(key: PublicKey, format: KeyFormatType): Uint8Array
  publicOf(key: PrivateKey): PublicKey
  /** Another handle of the same key, which is destroyed apart from the first. */
  duplicate<K extends PrivateKey | PublicKey>(key: K): K
  supportsCurve(curve: RecommendedCurve): boolean
  /** Throws `SERVER_LIMIT` when too many wait, `UNAVAILABLE` when it took too long. */
  generate(request: KeyPairRequest): Promise<KeyPair>
  /** The raw shared secret of two keys of one kind and group: ECDH, X25519, X448, DH. */
  agree(own: PrivateKey, peer: PublicKey): Secret
}

/** RSA encryption with PKCS1V1_5 or OAEP padding. */
export interface KeyEncryption {
  encrypt(key: PublicKey, parameters: CryptographicParameters, plaintext: Bytes): Uint8Array
  /**
   * With PKCS1V1_5, bad padding gives bytes that depend on key and ciphertext alone and look like any plaintext:
   * there is no failure to tell an attacker of.
   */
  decrypt(key: PrivateKey, parameters: CryptographicParameters, ciphertext: Bytes): Secret
}

/** A signature under way. */
export interface SignStream {
  /** Whether it keeps all that it takes until the end. */
  readonly gathers: boolean
  update(data: Bytes): this
  finish(): Uint8Array
}

/** The check of a signature under way. */
export interface VerifyStream {
  /** Whether it keeps all that it takes until the end. */
  readonly gathers: boolean
  update(data: Bytes): this
  finish(signature: Uint8Array): boolean
}

/** How to sign with a key. */
export type SignatureScheme =
  | { readonly kind: 'PKCS1' | 'DSA' | 'ECDSA'; readonly hash: HashingAlgorithm }
  | {
      readonly kind: 'PSS'
      readonly hash: HashingAlgorithm
      /** Undefined where the request names none. */
      readonly mask: HashingAlgorithm | undefined
      readonly saltLength: number
    }
  | { readonly kind: 'EdDSA' }

/** Signatures over data, and over data that is digested already. ECDSA and DSA signatures are in DER. */
export interface Signatures {
  /** How a key of a kind signs with the parameters, for keys that are not here themselves. */
  schemeOf(key: Pick<AsymmetricKey, 'kind'>, parameters: CryptographicParameters): SignatureScheme
  /** What RSA signs with the padding of PKCS#1 v1.5 for a digest (RFC 8017 section 9.2). */
  digestInfo(hash: HashingAlgorithm, digest: Uint8Array): Uint8Array
  begin(key: PrivateKey, parameters: CryptographicParameters): SignStream
  beginVerify(key: PublicKey, parameters: CryptographicParameters): VerifyStream
  sign(key: PrivateKey, parameters: CryptographicParameters, data: Bytes): Uint8Array
  /** Throws `INVALID_FIELD` when the digest has not the hash's length. */
  signDigest(key: PrivateKey, parameters: CryptographicParameters, digest: Uint8Array): Uint8Array
  /** False also where the Digital Signature Algorithm is none for the key. */
  verify(key: PublicKey, parameters: CryptographicParameters, signed: Signed): boolean
  /** Like `verify`; throws as `signDigest` does. */
  verifyDigest(key: PublicKey, parameters: CryptographicParameters, signed: Signed): boolean
}

/** Data, or a digest of it, with the signature it came with. */
export interface Signed {
  readonly data: Bytes
  readonly signature: Uint8Array
}

/** What PBKDF2 takes (RFC 8018); the length is in bytes, as in all derivations. */
export interface Pbkdf2Request {
  readonly hash: HashingAlgorithm
  readonly password: Secret
  readonly salt: Uint8Array
  readonly iterations: number
  readonly length: number
}

/** What HKDF takes (RFC 5869). */
export interface HkdfRequest {
  readonly hash: HashingAlgorithm
  readonly key: Secret
  readonly salt: Uint8Array
  readonly info: Uint8Array
  readonly length: number
}

/** What the functions of SP 800-108 take; their PRF is HMAC with the hash. */
export interface CounterKdfRequest {
  readonly mode: 'counter' | 'feedback' | 'double-pipeline'
  readonly hash: HashingAlgorithm
  readonly key: Secret
  /** Label || 00 || Context, and the length where the peer has it there (KMIP 1.4 section 4.6). */
  readonly fixed: Bytes
  /** For feedback; empty when absent. */
  readonly iv?: Uint8Array
  readonly length: number
}

/** Derivation of keys (KMIP 1.4 section 4.6). Throws `CRYPTO_FAILED` for lengths beyond what a method gives. */
export interface Derivation {
  /** One at a time; throws `SERVER_LIMIT` when too many wait. */
  pbkdf2(request: Pbkdf2Request): Promise<Secret>
  hkdf(request: HkdfRequest): Secret
  sp800108(request: CounterKdfRequest): Secret
  /** The first `length` bytes of the digest of `input`. */
  hash(algorithm: HashingAlgorithm, input: Bytes, length: number): Secret
  /** The first `length` bytes of the MAC of `data`. */
  mac(request: MacRequest, data: Bytes, length: number): Secret
  /** The first `length` bytes of the ciphertext of `data`. */
  encrypt(request: CipherRequest, data: Bytes, length: number): Secret
}
