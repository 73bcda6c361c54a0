import { RecommendedCurve } from '../../spec/enum/recommended-curve.ts'

/** A curve that OpenSSL knows by name. */
export interface Curve {
  readonly recommended: RecommendedCurve
  readonly openssl: string
  /** Its OBJECT IDENTIFIER, dotted. */
  readonly identifier: string
  /** Whether its field is of characteristic two. */
  readonly isBinary: boolean
  /** Cryptographic Length: bits of its field. */
  readonly length: number
  /** Bytes of a private key: those of the group's order (RFC 5915 section 3). */
  readonly orderBytes: number
}

type Row = readonly [RecommendedCurve, string, string, 'prime' | 'binary', number, number]

export function curveOf(recommended: RecommendedCurve): Curve | undefined {
  return BY_VALUE.get(recommended)
}

export function curveOfIdentifier(identifier: string): Curve | undefined {
  return BY_IDENTIFIER.get(identifier)
}

const C = RecommendedCurve

/**
 * Value, name in OpenSSL, identifier, field, bits of the field, bits of the order (SEC 2, ANSI X9.62, RFC 5639; the
 * tests ask OpenSSL for them again).
 */
// prettier-ignore
const ROWS: readonly Row[] = [
  [C.P_192, 'prime192v1', '1.2.840.10045.3.1.1', 'prime', 192, 192],
  [C.K_163, 'sect163k1', '1.3.132.0.1', 'binary', 163, 163],
  [C.B_163, 'sect163r2', '1.3.132.0.15', 'binary', 163, 163],
  [C.P_224, 'secp224r1', '1.3.132.0.33', 'prime', 224, 224],
  [C.K_233, 'sect233k1', '1.3.132.0.26', 'binary', 233, 232],
  [C.B_233, 'sect233r1', '1.3.132.0.27', 'binary', 233, 233],
  [C.P_256, 'prime256v1', '1.2.840.10045.3.1.7', 'prime', 256, 256],
  [C.K_283, 'sect283k1', '1.3.132.0.16', 'binary', 283, 281],
  [C.B_283, 'sect283r1', '1.3.132.0.17', 'binary', 283, 282],
  [C.P_384, 'secp384r1', '1.3.132.0.34', 'prime', 384, 384],
  [C.K_409, 'sect409k1', '1.3.132.0.36', 'binary', 409, 407],
  [C.B_409, 'sect409r1', '1.3.132.0.37', 'binary', 409, 409],
  [C.P_521, 'secp521r1', '1.3.132.0.35', 'prime', 521, 521],
  [C.K_571, 'sect571k1', '1.3.132.0.38', 'binary', 571, 570],
  [C.B_571, 'sect571r1', '1.3.132.0.39', 'binary', 571, 570],
  [C.SECP112R1, 'secp112r1', '1.3.132.0.6', 'prime', 112, 112],
  [C.SECP112R2, 'secp112r2', '1.3.132.0.7', 'prime', 112, 110],
  [C.SECP128R1, 'secp128r1', '1.3.132.0.28', 'prime', 128, 128],
  [C.SECP128R2, 'secp128r2', '1.3.132.0.29', 'prime', 128, 126],
  [C.SECP160K1, 'secp160k1', '1.3.132.0.9', 'prime', 160, 161],
  [C.SECP160R1, 'secp160r1', '1.3.132.0.8', 'prime', 160, 161],
  [C.SECP160R2, 'secp160r2', '1.3.132.0.30', 'prime', 160, 161],
  [C.SECP192K1, 'secp192k1', '1.3.132.0.31', 'prime', 192, 192],
  [C.SECP224K1, 'secp224k1', '1.3.132.0.32', 'prime', 224, 225],
  [C.SECP256K1, 'secp256k1', '1.3.132.0.10', 'prime', 256, 256],
  [C.SECT113R1, 'sect113r1', '1.3.132.0.4', 'binary', 113, 113],
  [C.SECT113R2, 'sect113r2', '1.3.132.0.5', 'binary', 113, 113],
  [C.SECT131R1, 'sect131r1', '1.3.132.0.22', 'binary', 131, 131],
  [C.SECT131R2, 'sect131r2', '1.3.132.0.23', 'binary', 131, 131],
  [C.SECT163R1, 'sect163r1', '1.3.132.0.2', 'binary', 163, 162],
  [C.SECT193R1, 'sect193r1', '1.3.132.0.24', 'binary', 193, 193],
  [C.SECT193R2, 'sect193r2', '1.3.132.0.25', 'binary', 193, 193],
  [C.SECT239K1, 'sect239k1', '1.3.132.0.3', 'binary', 239, 238],
  [C.ANSIX9P192V2, 'prime192v2', '1.2.840.10045.3.1.2', 'prime', 192, 192],
  [C.ANSIX9P192V3, 'prime192v3', '1.2.840.10045.3.1.3', 'prime', 192, 192],
  [C.ANSIX9P239V1, 'prime239v1', '1.2.840.10045.3.1.4', 'prime', 239, 239],
  [C.ANSIX9P239V2, 'prime239v2', '1.2.840.10045.3.1.5', 'prime', 239, 239],
  [C.ANSIX9P239V3, 'prime239v3', '1.2.840.10045.3.1.6', 'prime', 239, 239],
  [C.ANSIX9C2PNB163V1, 'c2pnb163v1', '1.2.840.10045.3.0.1', 'binary', 163, 163],
  [C.ANSIX9C2PNB163V2, 'c2pnb163v2', '1.2.840.10045.3.0.2', 'binary', 163, 162],
  [C.ANSIX9C2PNB163V3, 'c2pnb163v3', '1.2.840.10045.3.0.3', 'binary', 163, 162],
  [C.ANSIX9C2PNB176V1, 'c2pnb176v1', '1.2.840.10045.3.0.4', 'binary', 176, 161],
  [C.ANSIX9C2TNB191V1, 'c2tnb191v1', '1.2.840.10045.3.0.5', 'binary', 191, 191],
  [C.ANSIX9C2TNB191V2, 'c2tnb191v2', '1.2.840.10045.3.0.6', 'binary', 191, 190],
  [C.ANSIX9C2TNB191V3, 'c2tnb191v3', '1.2.840.10045.3.0.7', 'binary', 191, 189],
  [C.ANSIX9C2PNB208W1, 'c2pnb208w1', '1.2.840.10045.3.0.10', 'binary', 208, 193],
  [C.ANSIX9C2TNB239V1, 'c2tnb239v1', '1.2.840.10045.3.0.11', 'binary', 239, 238],
  [C.ANSIX9C2TNB239V2, 'c2tnb239v2', '1.2.840.10045.3.0.12', 'binary', 239, 237],
  [C.ANSIX9C2TNB239V3, 'c2tnb239v3', '1.2.840.10045.3.0.13', 'binary', 239, 236],
  [C.ANSIX9C2PNB272W1, 'c2pnb272w1', '1.2.840.10045.3.0.16', 'binary', 272, 257],
  [C.ANSIX9C2PNB304W1, 'c2pnb304w1', '1.2.840.10045.3.0.17', 'binary', 304, 289],
  [C.ANSIX9C2TNB359V1, 'c2tnb359v1', '1.2.840.10045.3.0.18', 'binary', 359, 353],
  [C.ANSIX9C2PNB368W1, 'c2pnb368w1', '1.2.840.10045.3.0.19', 'binary', 368, 353],
  [C.ANSIX9C2TNB431R1, 'c2tnb431r1', '1.2.840.10045.3.0.20', 'binary', 431, 418],
  [C.BRAINPOOLP160R1, 'brainpoolP160r1', '1.3.36.3.3.2.8.1.1.1', 'prime', 160, 160],
  [C.BRAINPOOLP160T1, 'brainpoolP160t1', '1.3.36.3.3.2.8.1.1.2', 'prime', 160, 160],
  [C.BRAINPOOLP192R1, 'brainpoolP192r1', '1.3.36.3.3.2.8.1.1.3', 'prime', 192, 192],
  [C.BRAINPOOLP192T1, 'brainpoolP192t1', '1.3.36.3.3.2.8.1.1.4', 'prime', 192, 192],
  [C.BRAINPOOLP224R1, 'brainpoolP224r1', '1.3.36.3.3.2.8.1.1.5', 'prime', 224, 224],
  [C.BRAINPOOLP224T1, 'brainpoolP224t1', '1.3.36.3.3.2.8.1.1.6', 'prime', 224, 224],
  [C.BRAINPOOLP256R1, 'brainpoolP256r1', '1.3.36.3.3.2.8.1.1.7', 'prime', 256, 256],
  [C.BRAINPOOLP256T1, 'brainpoolP256t1', '1.3.36.3.3.2.8.1.1.8', 'prime', 256, 256],
  [C.BRAINPOOLP320R1, 'brainpoolP320r1', '1.3.36.3.3.2.8.1.1.9', 'prime', 320, 320],
  [C.BRAINPOOLP320T1, 'brainpoolP320t1', '1.3.36.3.3.2.8.1.1.10', 'prime', 320, 320],
  [C.BRAINPOOLP384R1, 'brainpoolP384r1', '1.3.36.3.3.2.8.1.1.11', 'prime', 384, 384],
  [C.BRAINPOOLP384T1, 'brainpoolP384t1', '1.3.36.3.3.2.8.1.1.12', 'prime', 384, 384],
  [C.BRAINPOOLP512R1, 'brainpoolP512r1', '1.3.36.3.3.2.8.1.1.13', 'prime', 512, 512],
  [C.BRAINPOOLP512T1, 'brainpoolP512t1', '1.3.36.3.3.2.8.1.1.14', 'prime', 512, 512],
]

/** The curves, in the order of their values. */
export const CURVES: readonly Curve[] = ROWS.map(
  ([recommended, openssl, identifier, field, length, orderBits]) => ({
    recommended,
    openssl,
    identifier,
    isBinary: field === 'binary',
    length,
    orderBytes: Math.ceil(orderBits / 8),
  }),
)

const BY_VALUE: ReadonlyMap<number, Curve> = new Map(
  CURVES.map((curve) => [curve.recommended, curve]),
)
const BY_IDENTIFIER: ReadonlyMap<string, Curve> = new Map(
  CURVES.map((curve) => [curve.identifier, curve]),
)
