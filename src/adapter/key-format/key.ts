import { Secret } from '../../secret/secret.ts'
import type { Curve } from './curve.ts'
import type { EdwardsKind } from './edwards.ts'

/*
 * A key as numbers, whatever its format. Public numbers are magnitudes, secret ones magnitudes in secrets of their own;
 * the names are those of the transparent structures (KMIP 1.4 section 2.1.7).
 */

export interface SymmetricKey {
  readonly kind: 'Symmetric'
  readonly key: Secret
}

export interface RSAPublicKey {
  readonly kind: 'RSAPublic'
  readonly modulus: Uint8Array
  readonly publicExponent: Uint8Array
}

export interface RSAPrivateKey {
  readonly kind: 'RSAPrivate'
  readonly modulus: Uint8Array
  readonly publicExponent: Uint8Array
  readonly privateExponent: Secret
  readonly p: Secret
  readonly q: Secret
  readonly primeExponentP: Secret
  readonly primeExponentQ: Secret
  readonly crtCoefficient: Secret
}

interface Subgroup {
  readonly p: Uint8Array
  readonly q: Uint8Array
  readonly g: Uint8Array
}

export interface DSAPublicKey extends Subgroup {
  readonly kind: 'DSAPublic'
  readonly y: Uint8Array
}

export interface DSAPrivateKey extends Subgroup {
  readonly kind: 'DSAPrivate'
  readonly x: Secret
}

/** The parameters of a Diffie-Hellman key: PKCS#3 has neither q nor j. */
export interface DHGroup {
  readonly p: Uint8Array
  readonly g: Uint8Array
  readonly q?: Uint8Array
  readonly j?: Uint8Array
}

export interface DHPublicKey extends DHGroup {
  readonly kind: 'DHPublic'
  readonly y: Uint8Array
}

export interface DHPrivateKey extends DHGroup {
  readonly kind: 'DHPrivate'
  readonly x: Secret
}

export interface ECPublicKey {
  readonly kind: 'ECPublic'
  readonly curve: Curve
  /** Encoded as it came, compressed or not; it lies on the curve. */
  readonly qString: Uint8Array
}

export interface ECPrivateKey {
  readonly kind: 'ECPrivate'
  readonly curve: Curve
  /** As long as the order of the curve. */
  readonly d: Secret
  /** Not compressed. */
  readonly qString: Uint8Array
}

/** Keys of RFC 8410: they have no form but their bytes. */
export interface EdwardsPublicKey {
  readonly kind: 'EdwardsPublic'
  readonly edwards: EdwardsKind
  readonly bytes: Uint8Array
}

export interface EdwardsPrivateKey {
  readonly kind: 'EdwardsPrivate'
  readonly edwards: EdwardsKind
  readonly bytes: Secret
}

export type Key =
  | SymmetricKey
  | RSAPublicKey
  | RSAPrivateKey
  | DSAPublicKey
  | DSAPrivateKey
  | DHPublicKey
  | DHPrivateKey
  | ECPublicKey
  | ECPrivateKey
  | EdwardsPublicKey
  | EdwardsPrivateKey

/** Zeroes whatever is secret in a key, or in the structure that it was read from. */
export function destroyParts(key: object): void {
  for (const part of Object.values<unknown>({ ...key })) if (part instanceof Secret) part.destroy()
}
