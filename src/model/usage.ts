import { KmipFault } from '../fault/fault.ts'
import type { DateTime } from '../schema/primitive.ts'
import { State } from '../spec/enum/state.ts'
import { UsageLimitsUnit } from '../spec/enum/usage-limits-unit.ts'
import { CryptographicUsageMask } from '../spec/mask/cryptographic-usage-mask.ts'
import type { ManagedObject } from './managed-object.ts'

/** What a key is to be used for. */
export interface Usage {
  /** Bit of the Cryptographic Usage Mask; of several, each is needed. */
  readonly mask: number
  /** Whether protection is applied (encrypt, sign, wrap, derive) or what is protected is processed. */
  readonly purpose: 'protect' | 'process'
}

/**
 * Refuses a use that mask, state or dates do not permit (KMIP 1.4 sections 3.19, 3.22, 3.25, 3.26; NIST SP 800-57
 * part 1 section 7): protection is applied by active keys before their Protect Stop Date, processing goes on with
 * deactivated and compromised ones.
 *
 * @throws KmipFault `INCOMPATIBLE_USAGE` for the mask, `WRONG_STATE` for state and dates, `OBJECT_DESTROYED`.
 */
export function checkUsable(object: ManagedObject, usage: Usage, now: DateTime): void {
  if (object.content === undefined)
    throw new KmipFault('OBJECT_DESTROYED', 'The object is destroyed')
  if (!permitsUses(object, usage.mask)) {
    throw new KmipFault('INCOMPATIBLE_USAGE', 'Cryptographic Usage Mask does not permit this use')
  }
  const isInTime = usage.purpose === 'protect' ? mayProtect(object, now) : mayProcess(object, now)
  if (!isInTime)
    throw new KmipFault('WRONG_STATE', 'The object is not in a state that permits this use')
}

/** Whether the Cryptographic Usage Mask permits all of these uses: each has its bit, or none is restricted (KMIP 2.1 section 12.1). */
export function permitsUses({ attributes }: ManagedObject, uses: number): boolean {
  const mask = attributes.get('CryptographicUsageMask') ?? 0
  return (mask & CryptographicUsageMask.Unrestricted) !== 0 || (uses & ~mask) === 0
}

/** The Cryptographic Usage Mask of the uses that all of several masks permit. */
export function commonUses(masks: readonly number[]): number {
  const { Unrestricted } = CryptographicUsageMask
  const restricted = masks.filter((mask) => (mask & Unrestricted) === 0)
  return restricted.length === 0 ? Unrestricted : restricted.reduce((all, mask) => all & mask)
}

function mayProtect({ attributes }: ManagedObject, now: DateTime): boolean {
  const stop = attributes.get('ProtectStopDate')
  return attributes.get('State') === State.Active && (stop === undefined || now < stop)
}

/** The uses that apply protection. */
const PROTECTING = [
  CryptographicUsageMask.Sign,
  CryptographicUsageMask.Encrypt,
  CryptographicUsageMask.WrapKey,
  CryptographicUsageMask.MACGenerate,
  CryptographicUsageMask.DeriveKey,
  CryptographicUsageMask.ContentCommitmentNonRepudiation,
  CryptographicUsageMask.KeyAgreement,
  CryptographicUsageMask.CertificateSign,
  CryptographicUsageMask.CRLSign,
  CryptographicUsageMask.GenerateCryptogram,
  CryptographicUsageMask.TranslateEncrypt,
  CryptographicUsageMask.TranslateWrap,
  CryptographicUsageMask.Unrestricted,
  CryptographicUsageMask.FPEEncrypt,
].reduce((all, bit) => all | bit, 0)

/** Whether protection is among the uses of an object, in whichever state it is (KMIP 1.4 section 4.18). */
export function mayEverProtect({ attributes }: ManagedObject): boolean {
  return ((attributes.get('CryptographicUsageMask') ?? 0) & PROTECTING) !== 0
}

const PROCESSING: readonly unknown[] = [State.Active, State.Deactivated, State.Compromised]

function mayProcess({ attributes }: ManagedObject, now: DateTime): boolean {
  const start = attributes.get('ProcessStartDate')
  return PROCESSING.includes(attributes.get('State')) && (start === undefined || start <= now)
}

/**
 * The object with less of its Usage Limits left; the same object when it has none (KMIP 1.4 section 3.21).
 *
 * @param bytes - how many are protected; where objects are counted it is one, whatever their size
 * @throws KmipFault `USAGE_EXHAUSTED`
 */
export function withUsage(object: ManagedObject, bytes: number): ManagedObject {
  const limits = object.attributes.get('UsageLimits')
  if (limits === undefined) return object
  return withAllocation(
    object,
    limits.usageLimitsUnit === UsageLimitsUnit.Byte ? BigInt(bytes) : 1n,
  )
}

/**
 * The object with so many units of its Usage Limits taken.
 *
 * @throws KmipFault `USAGE_EXHAUSTED`
 */
export function withAllocation(object: ManagedObject, units: bigint): ManagedObject {
  const limits = object.attributes.get('UsageLimits')
  if (limits === undefined) return object
  const left = (limits.usageLimitsCount ?? limits.usageLimitsTotal) - units
  if (left < 0n) throw new KmipFault('USAGE_EXHAUSTED', 'The Usage Limits do not permit so much')
  return {
    ...object,
    attributes: object.attributes.with('UsageLimits', { ...limits, usageLimitsCount: left }),
  }
}
