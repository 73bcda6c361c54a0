/** The objects that refusals are tried on, by what they are. */
export interface Objects {
  readonly preActive: string
  readonly active: string
  readonly compromised: string
  readonly destroyed: string
  readonly sensitive: string
  readonly locked: string
  readonly foreign: string
}

export type Payload = (objects: Objects) => string

export interface Refusal {
  readonly what: string
  readonly operation: string
  readonly v1?: readonly [reason: string, payload: Payload]
  readonly v2?: readonly [reason: string, payload: Payload]
}

/** A refusal of both dialects with the same payload. */
export function both(
  operation: string,
  what: string,
  [v1, v2]: readonly [v1: string, v2: string],
  payload: Payload,
): Refusal {
  return { what, operation, v1: [v1, payload], v2: [v2, payload] }
}

export function of(operation: string, what: string, rest: Pick<Refusal, 'v1' | 'v2'>): Refusal {
  return { what, operation, ...rest }
}

/** An identifier that no object has. */
export const MISSING = 'ffffffff-0000-4000-8000-000000000000'

/** XML of a Revocation Reason. */
export const REASON = `<RevocationReason>
  <RevocationReasonCode type="Enumeration" value="KeyCompromise"/></RevocationReason>`
