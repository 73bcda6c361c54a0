import type { AttributeEntry } from '../../model/attribute-set.ts'
import { hashOfHmac } from '../../model/hmac.ts'
import type { TokenAttribute, TokenObject } from '../../port/token.ts'
import { CryptographicAlgorithm as A } from '../../spec/enum/cryptographic-algorithm.ts'
import { CryptographicUsageMask as U } from '../../spec/mask/cryptographic-usage-mask.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../spec/pkcs11/attribute.ts'
import { KeyType, Mechanism as M, ObjectClass } from '../../spec/pkcs11/constant.ts'
import { requestedValue } from '../shared/creation.ts'

/** What every object of ours has. */
export function namedAttributes({ label, id }: TokenObject): readonly TokenAttribute[] {
  return [
    { type: CKA.TOKEN[0], value: true },
    { type: CKA.LABEL[0], value: label },
    { type: CKA.ID[0], value: id },
  ]
}

/**
 * What keeps a key in the token, and what it may do there. Each use is said outright, for tokens are known where a key
 * may do what nobody spoke of. Keys are wrapped by encrypting them: with WRAP and DECRYPT together a key gives away
 * whatever it wraps.
 */
export function guardedAttributes(
  object: TokenObject,
  entries: readonly AttributeEntry[],
): readonly TokenAttribute[] {
  const mask = requestedValue(entries, 'CryptographicUsageMask') ?? 0
  const isFree = (mask & U.Unrestricted) !== 0
  const uses = USES.get(object.objectClass) ?? []
  return [
    ...namedAttributes(object),
    { type: CKA.PRIVATE[0], value: true },
    { type: CKA.SENSITIVE[0], value: true },
    { type: CKA.EXTRACTABLE[0], value: false },
    ...uses.map(({ name, bits }) => ({
      type: CKA[name][0],
      value: isFree ? bits !== 0 : (mask & bits) !== 0,
    })),
  ]
}

interface TokenUse {
  readonly name: 'ENCRYPT' | 'DECRYPT' | 'SIGN' | 'VERIFY' | 'WRAP' | 'UNWRAP' | 'DERIVE'
  /** Bits of the Cryptographic Usage Mask, any of which needs it. */
  readonly bits: number
}

const NEVER: readonly TokenUse[] = [
  { name: 'UNWRAP', bits: 0 },
  { name: 'DERIVE', bits: 0 },
]

const USES: ReadonlyMap<number, readonly TokenUse[]> = new Map<number, readonly TokenUse[]>([
  [
    ObjectClass.SecretKey,
    [
      { name: 'ENCRYPT', bits: U.Encrypt | U.WrapKey },
      // A key that may wrap may take off again what it has wrapped.
      { name: 'DECRYPT', bits: U.Decrypt | U.UnwrapKey | U.WrapKey },
      { name: 'SIGN', bits: U.MACGenerate },
      { name: 'VERIFY', bits: U.MACVerify | U.MACGenerate },
      { name: 'WRAP', bits: 0 },
      ...NEVER,
    ],
  ],
  [
    ObjectClass.PrivateKey,
    [
      { name: 'DECRYPT', bits: U.Decrypt | U.UnwrapKey },
      { name: 'SIGN', bits: U.Sign | U.CertificateSign | U.CRLSign },
      ...NEVER,
    ],
  ],
])

/** A kind of secret key that tokens have. */
export interface SecretKind {
  readonly keyType: number
  /** What makes one. */
  readonly generation: number
  /** Whether the kind leaves the length open. */
  readonly hasLength: boolean
  /** Bytes; absent where any will do. Tokens are known that take others and do something with them. */
  readonly lengths?: readonly number[]
}

/** Whether a token has keys of a kind with so many bytes. */
export function isLengthOf({ lengths }: SecretKind, bytes: number): boolean {
  return lengths === undefined || lengths.includes(bytes)
}

/** Undefined for algorithms whose keys a token does not have. */
export function secretKind(algorithm: A): SecretKind | undefined {
  if (algorithm === A.AES) {
    const lengths = [16, 24, 32]
    return { keyType: KeyType.AES, generation: M.AES_KEY_GEN, hasLength: true, lengths }
  }
  if (algorithm === A.DES3) {
    // Tokens have keys of two parts as another kind, which nobody needs any more.
    return { keyType: KeyType.DES3, generation: M.DES3_KEY_GEN, hasLength: false, lengths: [24] }
  }
  const generation = M.GENERIC_SECRET_KEY_GEN
  return hashOfHmac(algorithm) === undefined
    ? undefined
    : { keyType: KeyType.GENERIC_SECRET, generation, hasLength: true }
}
