import { RecommendedCurve as C } from '../../spec/enum/recommended-curve.ts'

/** A curve as PKCS#11 has it. */
export interface TokenCurve {
  readonly curve: C
  /** Bytes of a coordinate, and of a private key. */
  readonly bytes: number
  /** Bits of the field. */
  readonly bits: number
  /** CKA_EC_PARAMS: its object identifier in DER (RFC 5480 section 2.1.1.1). */
  readonly parameters: Uint8Array
}

const CURVES: readonly TokenCurve[] = [
  {
    curve: C.P_256,
    bytes: 32,
    bits: 256,
    parameters: Uint8Array.of(0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07),
  },
  {
    curve: C.P_384,
    bytes: 48,
    bits: 384,
    parameters: Uint8Array.of(0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22),
  },
  {
    curve: C.P_521,
    bytes: 66,
    bits: 521,
    parameters: Uint8Array.of(0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23),
  },
]

/** Undefined for curves that keys in the token do not lie on. */
export function tokenCurve(curve: C): TokenCurve | undefined {
  return CURVES.find((each) => each.curve === curve)
}

/**
 * The point in a CKA_EC_POINT, uncompressed: PKCS#11 has it as an OCTET STRING in DER, and tokens are known that leave
 * that out. Undefined for anything else.
 */
export function pointIn(value: Uint8Array, { bytes }: TokenCurve): Uint8Array | undefined {
  const length = 1 + 2 * bytes
  const headed = value.length - length
  if (headed < 0 || headed > 3 || value[headed] !== 0x04) return undefined
  return headed === 0 || value[0] === 0x04 ? value.slice(headed) : undefined
}
