import type { CipherRequest } from '../../port/crypto.ts'
import { BlockCipherMode } from '../../spec/enum/block-cipher-mode.ts'
import { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import type { PaddingMethod } from '../../spec/enum/padding-method.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import { joined } from './bytes.ts'
import { counterBlock } from './counter-block.ts'
import { paddingOf, type Padding } from './padding.ts'
import { invalid, invalidTagLength, mismatched, missing, unsupported } from './refusal.ts'
import { unmovedCopy } from '../../secret/memory.ts'

/** How a mode treats data: in blocks, byte by byte, with a tag, or only all at once. */
export type Treatment = 'blocks' | 'bytes' | 'tag' | 'whole'

/** A cipher that is ready but for its key. */
export interface CipherPlan {
  /** OpenSSL's name. */
  readonly name: string
  readonly treatment: Treatment
  /** Bytes of a block; data of the whole kind comes in multiples of it. */
  readonly block: number
  readonly iv: Uint8Array | null
  readonly padding: Padding | undefined
  readonly tagLength: number
  readonly associated: Uint8Array
}

/** A block cipher. */
export interface Family {
  /** OpenSSL's name before the mode, by bytes of the key. */
  readonly names: ReadonlyMap<number, string>
  readonly block: number
  readonly modes: readonly number[]
}

/** A mode of operation. */
export interface Mode {
  readonly suffix: string
  readonly treatment: Treatment
  /** Least, greatest and usual length of an IV in bytes; 0 for a block. */
  readonly iv: readonly [least: number, greatest: number, usual: number]
}

const A = CryptographicAlgorithm
const M = BlockCipherMode

const NO_IV = [-1, -1, -1] as const
const BLOCK_IV = [0, 0, 0] as const
const MODES: ReadonlyMap<number, Mode> = new Map<number, Mode>([
  [M.ECB, { suffix: '-ecb', treatment: 'blocks', iv: NO_IV }],
  [M.CBC, { suffix: '-cbc', treatment: 'blocks', iv: BLOCK_IV }],
  [M.CFB, { suffix: '-cfb', treatment: 'bytes', iv: BLOCK_IV }],
  [M.OFB, { suffix: '-ofb', treatment: 'bytes', iv: BLOCK_IV }],
  // A shorter one is a nonce that the counter follows.
  [M.CTR, { suffix: '-ctr', treatment: 'bytes', iv: [1, 16, 16] }],
  // SP 800-38D has them from one bit; none that short is of use.
  [M.GCM, { suffix: '-gcm', treatment: 'tag', iv: [8, 128, 12] }],
  [M.CCM, { suffix: '-ccm', treatment: 'tag', iv: [7, 13, 12] }],
  [M.XTS, { suffix: '-xts', treatment: 'whole', iv: BLOCK_IV }],
  [M.NISTKeyWrap, { suffix: '-wrap', treatment: 'whole', iv: NO_IV }],
  [M.AESKeyWrapPadding, { suffix: '-wrap-pad', treatment: 'whole', iv: NO_IV }],
])

const FEEDBACK = [M.ECB, M.CBC, M.CFB, M.OFB]
const ALL = [...FEEDBACK, M.CTR, M.GCM, M.CCM]

const sized = (name: string): ReadonlyMap<number, string> =>
  new Map([16, 24, 32].map((bytes) => [bytes, `${name}-${bytes * 8}`]))

const FAMILIES: ReadonlyMap<number, Family> = new Map<number, Family>([
  [
    A.AES,
    {
      names: sized('aes'),
      block: 16,
      modes: [...ALL, M.XTS, M.NISTKeyWrap, M.AESKeyWrapPadding],
    },
  ],
  [
    A.DES3,
    {
      names: new Map([
        [16, 'des-ede'],
        [24, 'des-ede3'],
      ]),
      block: 8,
      modes: FEEDBACK,
    },
  ],
  // Triple DES with one key three times is DES, which OpenSSL itself keeps in its legacy provider.
  [A.DES, { names: new Map([[8, 'des-ede3']]), block: 8, modes: FEEDBACK }],
  [A.Camellia, { names: sized('camellia'), block: 16, modes: [...FEEDBACK, M.CTR] }],
  [A.ARIA, { names: sized('aria'), block: 16, modes: ALL }],
  [A.SM4, { names: new Map([[16, 'sm4']]), block: 16, modes: [...FEEDBACK, M.CTR] }],
])

/** Bytes of a block of a block cipher, or undefined when it is none that is built. */
export function blockLengthOf(algorithm: CryptographicAlgorithm): number | undefined {
  return FAMILIES.get(algorithm)?.block
}

/**
 * What the parameters ask of the algorithm, with no key yet. Throws `UNSUPPORTED_CRYPTOGRAPHY`, `INVALID_FIELD`,
 * `PARAMETERS_NOT_OF_KEY`.
 */
export function modeOf(
  algorithm: CryptographicAlgorithm,
  parameters: CryptographicParameters,
): { readonly family: Family; readonly mode: Mode } {
  const { cryptographicAlgorithm, blockCipherMode } = parameters
  if (cryptographicAlgorithm !== undefined && cryptographicAlgorithm !== algorithm) {
    throw mismatched('The Cryptographic Algorithm is not that of the key')
  }
  const family = FAMILIES.get(algorithm)
  if (family === undefined) throw unsupported('Encryption with the Cryptographic Algorithm')
  if (blockCipherMode === undefined) throw invalid('A Block Cipher Mode is needed')
  const mode = MODES.get(blockCipherMode)
  if (mode === undefined || !family.modes.includes(blockCipherMode)) {
    throw unsupported('The Block Cipher Mode with the Cryptographic Algorithm')
  }
  return { family, mode }
}

/** Least, greatest and usual length of an IV in bytes, or undefined for a mode that has none. */
export function ivRange(family: Family, mode: Mode): readonly [number, number, number] | undefined {
  const [least, greatest, usual] = mode.iv
  if (least < 0) return undefined
  return least === 0 ? [family.block, family.block, family.block] : [least, greatest, usual]
}

/**
 * Everything but the key's bytes is checked here. Throws `UNSUPPORTED_CRYPTOGRAPHY`, `INVALID_FIELD`,
 * `PARAMETERS_NOT_OF_KEY`.
 */
export function blockCipherPlan(request: CipherRequest): CipherPlan {
  const { algorithm, parameters, associated } = request
  const { family, mode } = modeOf(algorithm, parameters)
  if (associated !== undefined && associated.length > 0 && mode.treatment !== 'tag') {
    throw invalid('Only an authenticated mode takes additional data')
  }
  return {
    name: nameOf(family, mode, request.key.length),
    treatment: mode.treatment,
    block: mode.suffix === '-wrap' ? 8 : family.block,
    iv: ivOf(request, family, mode),
    padding: paddingFor(mode, parameters.paddingMethod),
    tagLength: mode.treatment === 'tag' ? tagLengthOf(request, mode) : 0,
    associated: associated ?? new Uint8Array(0),
  }
}

/** The key as OpenSSL takes it for the algorithm. */
export function keyBytes(algorithm: CryptographicAlgorithm, key: Uint8Array): Uint8Array {
  return algorithm === A.DES ? joined(key, key, key) : unmovedCopy(key)
}

/** OpenSSL's name of a block cipher in ECB. Throws `UNSUPPORTED_CRYPTOGRAPHY`, `INVALID_FIELD`. */
export function ecbName(algorithm: CryptographicAlgorithm, keyLength: number): string {
  const { family, mode } = modeOf(algorithm, { blockCipherMode: M.ECB })
  return nameOf(family, mode, keyLength)
}

function nameOf(family: Family, mode: Mode, bytes: number): string {
  // The key of XTS is two keys.
  const half = mode.suffix === '-xts' ? bytes / 2 : bytes
  const name = family.names.get(half)
  if (name === undefined || (mode.suffix === '-xts' && half === 24)) {
    throw invalid('The key has not a length of the Cryptographic Algorithm')
  }
  const isWrap = mode.suffix.startsWith('-wrap')
  return isWrap ? `id-aes${bytes * 8}${mode.suffix}` : `${name}${mode.suffix}`
}

const WRAP_IVS: ReadonlyMap<string, Uint8Array> = new Map([
  ['-wrap', new Uint8Array(8).fill(0xa6)],
  ['-wrap-pad', Uint8Array.of(0xa6, 0x59, 0x59, 0xa6)],
])

function ivOf({ iv, parameters }: CipherRequest, family: Family, mode: Mode): Uint8Array | null {
  const range = ivRange(family, mode)
  if (range === undefined) {
    if (iv !== undefined && iv.length > 0) throw invalid('The Block Cipher Mode takes no IV')
    return WRAP_IVS.get(mode.suffix) ?? null
  }
  if (iv === undefined) throw missing('An IV is needed')
  const [least, greatest] = range
  if (iv.length < least || iv.length > greatest) throw invalid('The IV has a wrong length')
  return mode.suffix === '-ctr' ? counterBlock(iv, parameters) : Uint8Array.from(iv)
}

function paddingFor(mode: Mode, method: PaddingMethod | undefined): Padding | undefined {
  const padding = paddingOf(method)
  if (padding !== undefined && mode.treatment !== 'blocks') {
    throw invalid('The Block Cipher Mode takes no padding')
  }
  return padding
}

/** SP 800-38D section 5.2.1.2, SP 800-38C section 5.2: 4, 8, 12 to 16; even with CCM, which has also 6 and 10. */
function tagLengthOf({ parameters, shortTags }: CipherRequest, mode: Mode): number {
  const length = parameters.tagLength ?? 16
  const isShort = length === 4 || length === 8
  const fits = length >= 12 && length <= 16 && (mode.suffix !== '-ccm' || length % 2 === 0)
  if (!fits && !(isShort && shortTags === true)) throw invalidTagLength()
  return length
}
