import type { Infer } from '../../schema/codec.ts'
import { optional, required } from '../../schema/field.ts'
import { secretBigInteger } from '../../schema/primitive.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/** KMIP 1.4 section 2.1.7.1, KMIP 2.1 section 3.4. */
export const TransparentSymmetricKeyStruct = struct({
  key: required(Tag.Key),
})
export interface TransparentSymmetricKey extends Infer<typeof TransparentSymmetricKeyStruct> {}

/** KMIP 1.4 section 2.1.7.2, KMIP 2.1 section 3.5. */
export const TransparentDSAPrivateKeyStruct = struct({
  p: required(Tag.P),
  q: required(Tag.Q),
  g: required(Tag.G),
  x: required(Tag.X),
})
export interface TransparentDSAPrivateKey extends Infer<typeof TransparentDSAPrivateKeyStruct> {}

/** KMIP 1.4 section 2.1.7.3, KMIP 2.1 section 3.6. */
export const TransparentDSAPublicKeyStruct = struct({
  p: required(Tag.P),
  q: required(Tag.Q),
  g: required(Tag.G),
  y: required(Tag.Y),
})
export interface TransparentDSAPublicKey extends Infer<typeof TransparentDSAPublicKeyStruct> {}

/** KMIP 1.4 section 2.1.7.4, KMIP 2.1 section 3.7. */
export const TransparentRSAPrivateKeyStruct = struct({
  modulus: required(Tag.Modulus),
  privateExponent: optional(Tag.PrivateExponent),
  publicExponent: optional(Tag.PublicExponent),
  p: optional(Tag.P, secretBigInteger),
  q: optional(Tag.Q, secretBigInteger),
  primeExponentP: optional(Tag.PrimeExponentP),
  primeExponentQ: optional(Tag.PrimeExponentQ),
  crtCoefficient: optional(Tag.CRTCoefficient),
})
export interface TransparentRSAPrivateKey extends Infer<typeof TransparentRSAPrivateKeyStruct> {}

/** KMIP 1.4 section 2.1.7.5, KMIP 2.1 section 3.8. */
export const TransparentRSAPublicKeyStruct = struct({
  modulus: required(Tag.Modulus),
  publicExponent: required(Tag.PublicExponent),
})
export interface TransparentRSAPublicKey extends Infer<typeof TransparentRSAPublicKeyStruct> {}

/** KMIP 1.4 section 2.1.7.6, KMIP 2.1 section 3.9. */
export const TransparentDHPrivateKeyStruct = struct({
  p: required(Tag.P),
  q: optional(Tag.Q),
  g: required(Tag.G),
  j: optional(Tag.J),
  x: required(Tag.X),
})
export interface TransparentDHPrivateKey extends Infer<typeof TransparentDHPrivateKeyStruct> {}

/** KMIP 1.4 section 2.1.7.7, KMIP 2.1 section 3.10. */
export const TransparentDHPublicKeyStruct = struct({
  p: required(Tag.P),
  q: optional(Tag.Q),
  g: required(Tag.G),
  j: optional(Tag.J),
  y: required(Tag.Y),
})
export interface TransparentDHPublicKey extends Infer<typeof TransparentDHPublicKeyStruct> {}

/**
 * Private key on a curve; the ECDSA, ECDH and ECMQV keys of 1.x have the same shape
 * (KMIP 1.4 sections 2.1.7.8 to 2.1.7.14, KMIP 2.1 section 3.11).
 */
export const TransparentECPrivateKeyStruct = struct({
  recommendedCurve: required(Tag.RecommendedCurve),
  d: required(Tag.D),
})
export interface TransparentECPrivateKey extends Infer<typeof TransparentECPrivateKeyStruct> {}

/**
 * Public key on a curve; the ECDSA, ECDH and ECMQV keys of 1.x have the same shape
 * (KMIP 1.4 sections 2.1.7.9 to 2.1.7.15, KMIP 2.1 section 3.12).
 */
export const TransparentECPublicKeyStruct = struct({
  recommendedCurve: required(Tag.RecommendedCurve),
  qString: required(Tag.QString),
})
export interface TransparentECPublicKey extends Infer<typeof TransparentECPublicKeyStruct> {}
