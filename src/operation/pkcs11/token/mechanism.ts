import type { CryptokiMechanism } from '../../../message/pkcs11/mechanism.ts'
import type { TokenMechanism, TokenMechanismRow, TokenParameter } from '../../../port/token.ts'
import { HashingAlgorithm as H } from '../../../spec/enum/hashing-algorithm.ts'
import { PKCS_11ReturnCode as RC } from '../../../spec/enum/pkcs-11-return-code.ts'
import {
  MaskGeneration as G,
  Mechanism as M,
  MechanismFlag as F,
} from '../../../spec/pkcs11/constant.ts'
import { ParameterWriter } from '../../../message/pkcs11/parameter-writer.ts'
import type { Use } from '../application.ts'
import { numbersInto, ofSlot, readBuffer } from '../general.ts'
import { mechanismRow } from '../mechanisms.ts'
import type { Plan } from '../plan.ts'
import type { Hsm } from './hsm.ts'

/**
 * A mechanism as the token offers it and parameters can be read for it here. Decryption with the padding of PKCS#1 1.5 is
 * left out: tokens tell right padding from wrong, and whoever may ask often enough decrypts with that alone.
 */
function offered({ token }: Hsm, type: number): TokenMechanismRow | undefined {
  const row = mechanismRow(type)
  const theirs = token.mechanisms.find((each) => each.type === type)
  if (row === undefined || theirs === undefined) return undefined
  const withheld = type === M.RSA_PKCS ? F.Decrypt : 0
  const flags = row.flags & theirs.flags & ~withheld
  return flags === 0 ? undefined : { type, sizes: theirs.sizes, flags }
}

/** Whether the token can do something. */
export function offers(hsm: Hsm, type: number, flag: number): boolean {
  return ((offered(hsm, type)?.flags ?? 0) & flag) !== 0
}

export const getMechanismList = ofSlot(readBuffer, (buffer, { context: { hsm } }) => {
  const types = hsm?.token.mechanisms.map(({ type }) => type) ?? []
  return numbersInto(
    buffer,
    types.filter((type) => hsm !== undefined && offered(hsm, type) !== undefined),
  )
})

export const getMechanismInfo = ofSlot(
  (reader) => reader.ulong(),
  (type, { context: { hsm } }) => {
    const row = hsm && offered(hsm, type)
    if (row === undefined) return { code: RC.MECHANISM_INVALID }
    const [least, most] = row.sizes
    return {
      code: RC.OK,
      output: new ParameterWriter().ulong(least).ulong(most).ulong(row.flags).take(),
    }
  },
)

/** A mechanism for the token, by what was read of its parameter. */
export function tokenMechanism({ type }: CryptokiMechanism, plan: Plan): TokenMechanism {
  const parameter = parameterOf(type, plan)
  return parameter === undefined ? { type } : { type, parameter }
}

function parameterOf(type: number, plan: Plan): TokenParameter | undefined {
  const { iv = NOTHING, associated = NOTHING, size, parameters } = plan
  if (type === M.AES_GCM) return { kind: 'gcm', iv, associated, tagBits: size * 8 }
  if (type === M.AES_CTR) return { kind: 'counter', bits: 128, block: iv }
  if (type === M.RSA_PKCS_OAEP) {
    return { kind: 'oaep', ...hashesOf(plan), label: parameters.pSource ?? NOTHING }
  }
  if (parameters.saltLength !== undefined) {
    return { kind: 'pss', ...hashesOf(plan), saltLength: parameters.saltLength }
  }
  return plan.iv && { kind: 'bytes', bytes: plan.iv }
}

function hashesOf({ parameters }: Plan): { readonly hash: number; readonly mask: number } {
  const { hashingAlgorithm: hash = H.SHA_1, maskGeneratorHashingAlgorithm: mask = H.SHA_1 } =
    parameters
  return { hash: HASHES.get(hash) ?? M.SHA_1, mask: MASKS.get(mask) ?? G.MGF1_SHA1 }
}

/** What the mechanism is for, in the flags of PKCS#11. */
export const USE_FLAGS: Readonly<Record<Use, number>> = {
  encrypt: F.Encrypt,
  decrypt: F.Decrypt,
  digest: F.Digest,
  sign: F.Sign,
  verify: F.Verify,
}

const NOTHING = new Uint8Array(0)

const HASHES: ReadonlyMap<H, number> = new Map<H, number>([
  [H.SHA_1, M.SHA_1],
  [H.SHA_224, M.SHA224],
  [H.SHA_256, M.SHA256],
  [H.SHA_384, M.SHA384],
  [H.SHA_512, M.SHA512],
])

const MASKS: ReadonlyMap<H, number> = new Map<H, number>([
  [H.SHA_1, G.MGF1_SHA1],
  [H.SHA_224, G.MGF1_SHA224],
  [H.SHA_256, G.MGF1_SHA256],
  [H.SHA_384, G.MGF1_SHA384],
  [H.SHA_512, G.MGF1_SHA512],
])
