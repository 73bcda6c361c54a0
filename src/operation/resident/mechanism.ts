import { hashOfHmac } from '../../model/hmac.ts'
import type { CipherRequest } from '../../port/crypto.ts'
import type { Token, TokenMechanism, TokenParameter } from '../../port/token.ts'
import { BlockCipherMode } from '../../spec/enum/block-cipher-mode.ts'
import { CryptographicAlgorithm as A } from '../../spec/enum/cryptographic-algorithm.ts'
import { HashingAlgorithm as H } from '../../spec/enum/hashing-algorithm.ts'
import { PaddingMethod } from '../../spec/enum/padding-method.ts'
import { Mechanism as M } from '../../spec/pkcs11/constant.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import { mechanismMissing } from './refusal.ts'

/** Whether the token has a mechanism for a use, a flag of `CKF_`. */
export function hasMechanism({ mechanisms }: Token, type: number, flag: number): boolean {
  return mechanisms.some((each) => each.type === type && (each.flags & flag) !== 0)
}

/** Refuses what the token does not have. Throws `UNSUPPORTED_CRYPTOGRAPHY`. */
export function checkMechanism(token: Token, type: number, flag: number): void {
  if (!hasMechanism(token, type, flag)) throw mechanismMissing()
}

/** What a token is asked of a block cipher; its parameters were found good before. */
export type TokenCipher = Omit<CipherRequest, 'key'>

/** Bytes of a block of AES. */
const BLOCK = 16
/** The greatest counter that KMIP has for what a shorter IV leaves of a block, in bytes. */
const COUNTER = 4

/** Throws `UNSUPPORTED_CRYPTOGRAPHY` for modes and paddings that PKCS#11 has no mechanism for. */
export function cipherMechanism(cipher: TokenCipher): TokenMechanism {
  const { algorithm, parameters, iv = NOTHING } = cipher
  const isPadded = parameters.paddingMethod === PaddingMethod.PKCS5
  const row = CIPHERS.find(
    (each) =>
      each.algorithm === algorithm &&
      each.mode === parameters.blockCipherMode &&
      each.isPadded === isPadded,
  )
  if (row === undefined || isOddlyPadded(parameters)) throw mechanismMissing()
  const parameter = parameterOf(row.mode, cipher, iv)
  return parameter === undefined ? { type: row.type } : { type: row.type, parameter }
}

function isOddlyPadded({ paddingMethod: method }: CryptographicParameters): boolean {
  return ![undefined, PaddingMethod.None, PaddingMethod.PKCS5].some((each) => each === method)
}

function parameterOf(
  mode: BlockCipherMode,
  { parameters, associated = NOTHING }: TokenCipher,
  iv: Uint8Array,
): TokenParameter | undefined {
  if (mode === BlockCipherMode.GCM) {
    return { kind: 'gcm', iv, associated, tagBits: tagLengthOf(parameters) * 8 }
  }
  if (mode === BlockCipherMode.CTR) {
    return { kind: 'counter', bits: BLOCK * 8, block: counterBlock(iv, parameters) }
  }
  return iv.length === 0 ? undefined : { kind: 'bytes', bytes: iv }
}

/** Bytes of the tag of GCM. */
export function tagLengthOf({ tagLength = 16 }: CryptographicParameters): number {
  return tagLength
}

/** A shorter IV is followed by the counter (RFC 3686). */
function counterBlock(
  iv: Uint8Array,
  { initialCounterValue }: CryptographicParameters,
): Uint8Array {
  const block = new Uint8Array(BLOCK)
  block.set(iv)
  if (iv.length < BLOCK) {
    if (iv.length > BLOCK - COUNTER) throw mechanismMissing()
    new DataView(block.buffer).setUint32(BLOCK - COUNTER, initialCounterValue ?? 0)
  }
  return block
}

interface CipherRow {
  readonly algorithm: A
  readonly mode: BlockCipherMode
  readonly isPadded: boolean
  readonly type: number
}

const cipher = (
  algorithm: A,
  mode: BlockCipherMode,
  type: number,
  isPadded = false,
): CipherRow => ({
  algorithm,
  mode,
  isPadded,
  type,
})

const { ECB, CBC, CTR, GCM } = BlockCipherMode
const CIPHERS: readonly CipherRow[] = [
  cipher(A.AES, ECB, M.AES_ECB),
  cipher(A.AES, CBC, M.AES_CBC),
  cipher(A.AES, CBC, M.AES_CBC_PAD, true),
  cipher(A.AES, CTR, M.AES_CTR),
  cipher(A.AES, GCM, M.AES_GCM),
  cipher(A.DES3, ECB, M.DES3_ECB),
  cipher(A.DES3, CBC, M.DES3_CBC),
  cipher(A.DES3, CBC, M.DES3_CBC_PAD, true),
]

/** HMAC by its hash, or CMAC where a block cipher is named and no other mode. Throws `UNSUPPORTED_CRYPTOGRAPHY`. */
export function macMechanism(own: A, parameters: CryptographicParameters): TokenMechanism {
  const algorithm = parameters.cryptographicAlgorithm ?? own
  const { blockCipherMode: mode } = parameters
  const named = hashOfHmac(algorithm)
  const hash = named ?? (mode === undefined ? parameters.hashingAlgorithm : undefined)
  if (hash !== undefined) return { type: found(HMACS.get(hash)) }
  const isCmac = mode === undefined || mode === BlockCipherMode.CMAC
  if (algorithm !== A.AES || !isCmac) throw mechanismMissing()
  return { type: M.AES_CMAC }
}

const HMACS: ReadonlyMap<H, number> = new Map<H, number>([
  [H.SHA_1, M.SHA_1_HMAC],
  [H.SHA_224, M.SHA224_HMAC],
  [H.SHA_256, M.SHA256_HMAC],
  [H.SHA_384, M.SHA384_HMAC],
  [H.SHA_512, M.SHA512_HMAC],
])

function found<T>(value: T | undefined): T {
  if (value === undefined) throw mechanismMissing()
  return value
}

const NOTHING = new Uint8Array(0)
