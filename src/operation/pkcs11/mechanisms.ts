import { KmipFault } from '../../fault/fault.ts'
import type { CryptokiMechanism } from '../../message/pkcs11/mechanism.ts'
import { ParameterReader } from '../../message/pkcs11/parameter-reader.ts'
import { BlockCipherMode } from '../../spec/enum/block-cipher-mode.ts'
import { CryptographicAlgorithm as A } from '../../spec/enum/cryptographic-algorithm.ts'
import { DigitalSignatureAlgorithm } from '../../spec/enum/digital-signature-algorithm.ts'
import { HashingAlgorithm as H } from '../../spec/enum/hashing-algorithm.ts'
import { MaskGenerator } from '../../spec/enum/mask-generator.ts'
import { PaddingMethod } from '../../spec/enum/padding-method.ts'
import { MaskGeneration, Mechanism as M, MechanismFlag as F } from '../../spec/pkcs11/constant.ts'
import { looseLength, type MechanismRow, type Plan } from './plan.ts'

type PlanOf = NonNullable<MechanismRow['plan']>

/** Bytes of a block and of an IV of AES. */
const BLOCK = 16
const CIPHERS = F.Encrypt | F.Decrypt
const SIGNS = F.Sign | F.Verify
const AES_BYTES = [16, 32] as const
const RSA_BITS = [1_024, 4_096] as const
const NO_SIZES = [0, 0] as const

/** A parameter that is a structure; undefined where it is none. */
function readWhole<R>(
  parameter: Uint8Array | undefined,
  read: (reader: ParameterReader) => R,
): R | undefined {
  if (parameter === undefined) return undefined
  try {
    const reader = new ParameterReader(parameter)
    const value = read(reader)
    reader.end()
    return value
  } catch (error) {
    if (error instanceof KmipFault && error.code === 'PKCS11_CODEC') return undefined
    throw error
  }
}

/** Of two readings the one that takes the parameter as a whole. */
function readEither<R>(
  parameter: Uint8Array | undefined,
  read: (reader: ParameterReader, isLong: boolean) => R,
): R | undefined {
  return (
    readWhole(parameter, (reader) => read(reader, true)) ??
    readWhole(parameter, (reader) => read(reader, false))
  )
}

/** An array of fixed length, with or without its length in front. */
function ivOf(parameter: Uint8Array | undefined): Uint8Array | undefined {
  if (parameter?.length === BLOCK) return parameter
  const inner = readWhole(parameter, (reader) => reader.bytes())
  return inner?.length === BLOCK ? inner : undefined
}

function aes(mode: BlockCipherMode, more: Partial<Plan> & Pick<Plan, 'shape'>): Plan {
  const { parameters, ...rest } = more
  return {
    by: 'cipher',
    algorithms: [A.AES],
    size: 0,
    ...rest,
    parameters: { blockCipherMode: mode, paddingMethod: PaddingMethod.None, ...parameters },
  }
}

const ecb: PlanOf = (parameter) =>
  parameter === undefined ? aes(BlockCipherMode.ECB, { shape: 'blocks' }) : undefined

function cbc(shape: 'blocks' | 'padded'): PlanOf {
  return (parameter) => {
    const iv = ivOf(parameter)
    const paddingMethod = shape === 'padded' ? PaddingMethod.PKCS5 : PaddingMethod.None
    return iv && aes(BlockCipherMode.CBC, { shape, iv, parameters: { paddingMethod } })
  }
}

/** `CK_AES_CTR_PARAMS`; KMIP has counters over the whole block alone. */
const ctr: PlanOf = (parameter) => {
  const read = readEither(parameter, (reader, isLong) => ({
    bits: looseLength(reader, isLong),
    iv: reader.fixed(BLOCK),
  }))
  if (read?.bits !== BLOCK * 8) return undefined
  return aes(BlockCipherMode.CTR, { shape: 'stream', iv: read.iv })
}

/** `CK_GCM_PARAMS`: the number of bits of the IV says again what its length says. */
const gcm: PlanOf = (parameter) => {
  const read = readEither(parameter, (reader, isLong) => {
    const iv = reader.bytes()
    const ivBits = looseLength(reader, isLong)
    const associated = reader.bytes()
    return { iv, ivBits, associated, tagBits: looseLength(reader, isLong) }
  })
  if (read === undefined || read.tagBits % 8 !== 0 || read.iv.length === 0) return undefined
  const { iv, associated, tagBits } = read
  const tagLength = tagBits / 8
  return aes(BlockCipherMode.GCM, {
    shape: 'sealed',
    size: tagLength,
    iv,
    ...(associated.length === 0 ? {} : { associated }),
    parameters: { tagLength },
  })
}

function rsa(by: Plan['by'], parameters: Plan['parameters']): Plan {
  return { shape: 'key', by, algorithms: [A.RSA], size: 0, parameters }
}

const rsaPkcs: PlanOf = (parameter) =>
  parameter === undefined ? rsa('cipher', { paddingMethod: PaddingMethod.PKCS1V1_5 }) : undefined

const HASHES: ReadonlyMap<number, H> = new Map<number, H>([
  [M.SHA_1, H.SHA_1],
  [M.SHA224, H.SHA_224],
  [M.SHA256, H.SHA_256],
  [M.SHA384, H.SHA_384],
  [M.SHA512, H.SHA_512],
])

const MASKS: ReadonlyMap<number, H> = new Map<number, H>([
  [MaskGeneration.MGF1_SHA1, H.SHA_1],
  [MaskGeneration.MGF1_SHA224, H.SHA_224],
  [MaskGeneration.MGF1_SHA256, H.SHA_256],
  [MaskGeneration.MGF1_SHA384, H.SHA_384],
  [MaskGeneration.MGF1_SHA512, H.SHA_512],
])

/** `CKZ_DATA_SPECIFIED`, the only source of a label that there is. */
const DATA_SPECIFIED = 1

/** `CK_RSA_PKCS_OAEP_PARAMS` */
const oaep: PlanOf = (parameter) => {
  const read = readWhole(parameter, (reader) => ({
    hash: HASHES.get(reader.ulong()),
    mask: MASKS.get(reader.ulong()),
    source: reader.ulong(),
    label: reader.bytes(),
  }))
  if (read?.hash === undefined || read.mask === undefined) return undefined
  if (read.source !== DATA_SPECIFIED && read.label.length > 0) return undefined
  return rsa('cipher', {
    paddingMethod: PaddingMethod.OAEP,
    hashingAlgorithm: read.hash,
    maskGenerator: MaskGenerator.MGF1,
    maskGeneratorHashingAlgorithm: read.mask,
    ...(read.label.length === 0 ? {} : { pSource: read.label }),
  })
}

function pkcs1(digitalSignatureAlgorithm: DigitalSignatureAlgorithm): PlanOf {
  return (parameter) =>
    parameter === undefined ? rsa('signature', { digitalSignatureAlgorithm }) : undefined
}

/** `CK_RSA_PKCS_PSS_PARAMS`: the hash says again what the mechanism says. */
function pss(hash: H): PlanOf {
  return (parameter) => {
    const read = readEither(parameter, (reader, isLong) => ({
      hash: HASHES.get(reader.ulong()),
      mask: MASKS.get(reader.ulong()),
      saltLength: looseLength(reader, isLong),
    }))
    if (read?.hash !== hash || read.mask === undefined || read.saltLength > 512) return undefined
    return rsa('signature', {
      paddingMethod: PaddingMethod.PSS,
      hashingAlgorithm: hash,
      maskGenerator: MaskGenerator.MGF1,
      maskGeneratorHashingAlgorithm: read.mask,
      saltLength: read.saltLength,
    })
  }
}

function digest(hashingAlgorithm: H, size: number): PlanOf {
  return (parameter) =>
    parameter === undefined
      ? { shape: 'fixed', by: 'hash', algorithms: [], size, parameters: { hashingAlgorithm } }
      : undefined
}

function hmac(algorithm: A, size: number): PlanOf {
  const parameters = { cryptographicAlgorithm: algorithm }
  return (parameter) =>
    parameter === undefined
      ? { shape: 'fixed', by: 'mac', algorithms: [algorithm], size, parameters }
      : undefined
}

function row(
  type: number,
  flags: number,
  sizes: readonly [number, number],
  plan?: PlanOf,
): MechanismRow {
  return plan === undefined ? { type, flags, sizes } : { type, flags, sizes, plan }
}

const D = DigitalSignatureAlgorithm
/** The mechanisms of the server's own module. */
export const MECHANISMS: readonly MechanismRow[] = [
  row(M.RSA_PKCS_KEY_PAIR_GEN, F.GenerateKeyPair, RSA_BITS),
  row(M.RSA_PKCS, CIPHERS, RSA_BITS, rsaPkcs),
  row(M.RSA_PKCS_OAEP, CIPHERS, RSA_BITS, oaep),
  row(M.SHA1_RSA_PKCS, SIGNS, RSA_BITS, pkcs1(D.SHA_1WithRSAEncryption)),
  row(M.SHA224_RSA_PKCS, SIGNS, RSA_BITS, pkcs1(D.SHA_224WithRSAEncryption)),
  row(M.SHA256_RSA_PKCS, SIGNS, RSA_BITS, pkcs1(D.SHA_256WithRSAEncryption)),
  row(M.SHA384_RSA_PKCS, SIGNS, RSA_BITS, pkcs1(D.SHA_384WithRSAEncryption)),
  row(M.SHA512_RSA_PKCS, SIGNS, RSA_BITS, pkcs1(D.SHA_512WithRSAEncryption)),
  row(M.SHA1_RSA_PKCS_PSS, SIGNS, RSA_BITS, pss(H.SHA_1)),
  row(M.SHA224_RSA_PKCS_PSS, SIGNS, RSA_BITS, pss(H.SHA_224)),
  row(M.SHA256_RSA_PKCS_PSS, SIGNS, RSA_BITS, pss(H.SHA_256)),
  row(M.SHA384_RSA_PKCS_PSS, SIGNS, RSA_BITS, pss(H.SHA_384)),
  row(M.SHA512_RSA_PKCS_PSS, SIGNS, RSA_BITS, pss(H.SHA_512)),
  row(M.SHA_1, F.Digest, NO_SIZES, digest(H.SHA_1, 20)),
  row(M.SHA224, F.Digest, NO_SIZES, digest(H.SHA_224, 28)),
  row(M.SHA256, F.Digest, NO_SIZES, digest(H.SHA_256, 32)),
  row(M.SHA384, F.Digest, NO_SIZES, digest(H.SHA_384, 48)),
  row(M.SHA512, F.Digest, NO_SIZES, digest(H.SHA_512, 64)),
  row(M.SHA_1_HMAC, SIGNS, [1, 8_192], hmac(A.HMAC_SHA1, 20)),
  row(M.SHA224_HMAC, SIGNS, [1, 8_192], hmac(A.HMAC_SHA224, 28)),
  row(M.SHA256_HMAC, SIGNS, [1, 8_192], hmac(A.HMAC_SHA256, 32)),
  row(M.SHA384_HMAC, SIGNS, [1, 8_192], hmac(A.HMAC_SHA384, 48)),
  row(M.SHA512_HMAC, SIGNS, [1, 8_192], hmac(A.HMAC_SHA512, 64)),
  row(M.GENERIC_SECRET_KEY_GEN, F.Generate, [8, 8_192]),
  row(M.AES_KEY_GEN, F.Generate, AES_BYTES),
  row(M.AES_ECB, CIPHERS, AES_BYTES, ecb),
  row(M.AES_CBC, CIPHERS, AES_BYTES, cbc('blocks')),
  row(M.AES_CBC_PAD, CIPHERS, AES_BYTES, cbc('padded')),
  row(M.AES_CTR, CIPHERS, AES_BYTES, ctr),
  row(M.AES_GCM, CIPHERS, AES_BYTES, gcm),
]

const BY_TYPE: ReadonlyMap<number, MechanismRow> = new Map(
  MECHANISMS.map((each) => [each.type, each]),
)

export function mechanismRow(type: number): MechanismRow | undefined {
  return BY_TYPE.get(type)
}

/** What a mechanism is asked to do; or which of the two is wrong, the mechanism or its parameter. */
export function planOf(
  { type, parameter }: CryptokiMechanism,
  use: number,
): Plan | 'mechanism' | 'parameter' {
  const found = BY_TYPE.get(type)
  if (found?.plan === undefined || (found.flags & use) === 0) return 'mechanism'
  return found.plan(parameter) ?? 'parameter'
}
