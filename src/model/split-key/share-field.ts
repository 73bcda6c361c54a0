import type { Secret } from '../../secret/secret.ts'

/** Fresh random bytes; what the Random port gives. */
export type DrawBytes = (length: number) => Secret

/**
 * The arithmetic of one Split Key Method. Secrets and shares are strings of field elements, held as bytes; scalars are
 * public elements: Key Part Identifiers and what is computed from them alone. Time depends on lengths and scalars,
 * never on the bytes of a secret or a share.
 */
export interface ShareField {
  /** Number of elements; Key Part Identifiers are smaller. */
  readonly order: bigint
  /** Bytes of each share of a secret. */
  widthOf(secretBytes: number): number
  /** Whether bytes are elements of the field, so that they can be a share. */
  holds(share: Uint8Array): boolean
  /** A string of elements of which all are equally likely; the caller's own. */
  draw(width: number, draw: DrawBytes): Uint8Array
  /** Adds `scalar` times `from` to `into`, in place. */
  addScaled(into: Uint8Array, scalar: bigint, from: Uint8Array): void
  /** Of two public elements. */
  add(a: bigint, b: bigint): bigint
  /** The public element that makes zero with another. */
  negate(a: bigint): bigint
  /** Of two public elements. */
  multiply(a: bigint, b: bigint): bigint
  /** Of a public element that is not zero. */
  invert(a: bigint): bigint
}
