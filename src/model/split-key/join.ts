import { timingSafeEqual } from 'node:crypto'
import { KmipFault } from '../../fault/fault.ts'
import { Secret } from '../../secret/secret.ts'
import { SplitKeyMethod } from '../../spec/enum/split-key-method.ts'
import { checkPlan, fieldOf, type SplitKeyPlan } from './plan.ts'
import type { ShareField } from './share-field.ts'
import { xorInto, type KeyPart } from './split.ts'

/**
 * Joins parts to the secret that they were split from (KMIP 1.4 sections 2.2.5 and 4.39). Any parts as many as the
 * threshold will do; where there are more, all must agree.
 *
 * @param secretBytes - length of the secret, where it is known. Without it the secret has the length of its parts, or
 * in a prime field, where a secret is a number, no zero in front.
 * Throws `CRYPTO_FAILED` for too few parts and for parts that do not belong together, `INVALID_FIELD` for a plan that
 * cannot be carried out.
 */
export function joinParts(
  parts: readonly KeyPart[],
  plan: SplitKeyPlan,
  secretBytes?: number,
): Secret {
  const field = fieldOf(plan)
  checkPlan(plan, field)
  checkParts(parts, plan, field)
  const joined = field === undefined ? joinByXor(parts) : joinInField(parts, plan, field)
  const isNumber = plan.splitKeyMethod === SplitKeyMethod.PolynomialSharingPrimeField
  return Secret.take(resize(joined, secretBytes ?? (isNumber ? undefined : joined.length)))
}

function checkParts(
  parts: readonly KeyPart[],
  plan: SplitKeyPlan,
  field: ShareField | undefined,
): void {
  const identifiers = new Set(parts.map(({ keyPartIdentifier }) => keyPartIdentifier))
  if (identifiers.size < parts.length) {
    throw new KmipFault('CRYPTO_FAILED', 'A part of the split key was given twice')
  }
  if (parts.length < plan.splitKeyThreshold) {
    throw new KmipFault('CRYPTO_FAILED', 'There are fewer parts than the Split Key Threshold')
  }
  const width = parts[0]?.material.length ?? 0
  const belongs = ({ keyPartIdentifier, material }: KeyPart): boolean =>
    Number.isInteger(keyPartIdentifier) &&
    keyPartIdentifier >= 1 &&
    keyPartIdentifier <= plan.splitKeyParts &&
    material.length === width &&
    material.expose((share) => field?.holds(share) ?? true)
  if (width === 0 || !parts.every(belongs)) throw unrelated()
}

function joinByXor(parts: readonly KeyPart[]): Uint8Array {
  const joined = new Uint8Array(parts[0]?.material.length ?? 0)
  for (const { material } of parts)
    material.expose((share) => {
      xorInto(joined, share)
    })
  return joined
}

function joinInField(parts: readonly KeyPart[], plan: SplitKeyPlan, field: ShareField): Uint8Array {
  const needed = parts.slice(0, plan.splitKeyThreshold)
  const joined = interpolate(needed, field)
  const others = needed.slice(1)
  for (const more of parts.slice(plan.splitKeyThreshold)) {
    // In place of the first part: the value at zero is the same where it lies on the polynomial, and nowhere else.
    const again = interpolate([more, ...others], field)
    const agree = timingSafeEqual(joined, again)
    again.fill(0)
    if (!agree) {
      joined.fill(0)
      throw unrelated()
    }
  }
  return joined
}

/** The value at zero of the polynomial through the parts, by Lagrange's formula. */
function interpolate(parts: readonly KeyPart[], field: ShareField): Uint8Array {
  const points = parts.map(({ keyPartIdentifier }) => BigInt(keyPartIdentifier))
  const value = new Uint8Array(parts[0]?.material.length ?? 0)
  for (const { keyPartIdentifier, material } of parts) {
    const weight = weightOf(BigInt(keyPartIdentifier), points, field)
    material.expose((share) => {
      field.addScaled(value, weight, share)
    })
  }
  return value
}

/** What the part at `own` counts for at zero: the product of x / (x - own) over all other x. */
function weightOf(own: bigint, points: readonly bigint[], field: ShareField): bigint {
  let above = 1n
  let below = 1n
  for (const x of points) {
    if (x !== own) {
      above = field.multiply(above, x)
      below = field.multiply(below, field.add(x, field.negate(own)))
    }
  }
  return field.multiply(above, field.invert(below))
}

/** Cuts zeros off the front or puts them there; to no length, cuts all that there are. */
function resize(joined: Uint8Array, length: number | undefined): Uint8Array {
  if (joined.length === length) return joined
  const first = joined.findIndex((byte) => byte !== 0)
  const used = first < 0 ? 0 : joined.length - first
  if (length !== undefined && used > length) {
    joined.fill(0)
    throw unrelated()
  }
  const resized = new Uint8Array(length ?? used)
  resized.set(joined.subarray(joined.length - used), resized.length - used)
  joined.fill(0)
  return resized
}

function unrelated(): KmipFault {
  return new KmipFault('CRYPTO_FAILED', 'The parts do not belong to one split key')
}
