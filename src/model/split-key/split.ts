import { KmipFault } from '../../fault/fault.ts'
import { Secret } from '../../secret/secret.ts'
import { checkPlan, fieldOf, type SplitKeyPlan } from './plan.ts'
import type { DrawBytes, ShareField } from './share-field.ts'

/** One part of a split key: its number, from one on, and its Key Material. */
export interface KeyPart {
  readonly keyPartIdentifier: number
  readonly material: Secret
}

/**
 * Splits a secret into parts, numbered from one (KMIP 1.4 sections 2.2.5 and 4.38). Part n of the polynomial methods
 * is the value at n of a random polynomial whose value at zero is the secret.
 *
 * Throws `INVALID_FIELD` for a plan that cannot be carried out or does not suit the secret.
 */
export function splitSecret(secret: Secret, plan: SplitKeyPlan, draw: DrawBytes): KeyPart[] {
  const field = fieldOf(plan)
  checkPlan(plan, field)
  if (secret.length === 0) throw new KmipFault('INVALID_FIELD', 'There is nothing to split')
  const materials =
    field === undefined ? splitByXor(secret, plan, draw) : splitInField(secret, plan, draw, field)
  return materials.map((material, index) => ({ keyPartIdentifier: index + 1, material }))
}

/** All parts but the last are random; the last is what they lack of the secret. */
function splitByXor(secret: Secret, plan: SplitKeyPlan, draw: DrawBytes): Secret[] {
  const parts = Array.from({ length: plan.splitKeyParts - 1 }, () => draw(secret.length))
  const last = secret.expose((bytes) => Uint8Array.from(bytes))
  for (const part of parts)
    part.expose((bytes) => {
      xorInto(last, bytes)
    })
  return [...parts, Secret.take(last)]
}

function splitInField(
  secret: Secret,
  plan: SplitKeyPlan,
  draw: DrawBytes,
  field: ShareField,
): Secret[] {
  const width = field.widthOf(secret.length)
  const first = new Uint8Array(width)
  secret.expose((bytes) => {
    first.set(bytes, width - bytes.length)
  })
  const random = Array.from({ length: plan.splitKeyThreshold - 1 }, () => field.draw(width, draw))
  const coefficients = [first, ...random]
  const shares = Array.from({ length: plan.splitKeyParts }, (_, index) =>
    Secret.take(evaluate(coefficients, BigInt(index + 1), field)),
  )
  for (const coefficient of coefficients) coefficient.fill(0)
  return shares
}

/** The value at `x` of the polynomial with these coefficients, lowest first. */
function evaluate(coefficients: readonly Uint8Array[], x: bigint, field: ShareField): Uint8Array {
  const value = new Uint8Array(coefficients[0]?.length ?? 0)
  let power = 1n
  for (const coefficient of coefficients) {
    field.addScaled(value, power, coefficient)
    power = field.multiply(power, x)
  }
  return value
}

/** Adds bytes to others in place, each bit on its own. */
export function xorInto(into: Uint8Array, from: Uint8Array): void {
  from.forEach((byte, index) => {
    into[index] = (into[index] ?? 0) ^ byte
  })
}
