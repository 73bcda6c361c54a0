import { getCurves } from 'node:crypto'
import { membersOf } from '../../schema/enumeration.ts'
import { RecommendedCurve } from '../../spec/enum/recommended-curve.ts'
import { unsupported } from './refusal.ts'

/** OpenSSL's names of NIST's curves; all others are called alike by both. */
const NIST: Readonly<Record<string, string>> = {
  P_192: 'prime192v1',
  P_224: 'secp224r1',
  P_256: 'prime256v1',
  P_384: 'secp384r1',
  P_521: 'secp521r1',
  K_163: 'sect163k1',
  B_163: 'sect163r2',
  K_233: 'sect233k1',
  B_233: 'sect233r1',
  K_283: 'sect283k1',
  B_283: 'sect283r1',
  K_409: 'sect409k1',
  B_409: 'sect409r1',
  K_571: 'sect571k1',
  B_571: 'sect571r1',
}

const BUILT = new Map(getCurves().map((name) => [name.toLowerCase(), name]))
const NAMES = new Map<number, string>()
const BY_NAME = new Map<string, RecommendedCurve>()
for (const { name: member, value } of membersOf(RecommendedCurve).members) {
  const name = BUILT.get(opensslName(member))
  if (name === undefined || !isCurve(value)) continue
  NAMES.set(value, name)
  BY_NAME.set(name, value)
}

export function supportsCurve(curve: RecommendedCurve): boolean {
  return NAMES.has(curve)
}

/** OpenSSL's name. Throws `UNSUPPORTED_CRYPTOGRAPHY`. */
export function curveName(curve: RecommendedCurve): string {
  const name = NAMES.get(curve)
  if (name === undefined) throw unsupported('The Recommended Curve')
  return name
}

export function curveByName(name: string): RecommendedCurve | undefined {
  return BY_NAME.get(name)
}

/** Bits of the field, which the names hold. */
export function curveBits(curve: RecommendedCurve): number {
  return Number(/\d{3}/.exec(curveName(curve))?.[0] ?? 0)
}

/** As in `prime239v1` for ANSIX9P239V1 and `c2pnb163v1` for ANSIX9C2PNB163V1. */
function opensslName(member: string): string {
  const name = NIST[member] ?? member.toLowerCase()
  return name.replace(/^ansix9p(?=\d)/, 'prime').replace(/^ansix9/, '')
}

function isCurve(value: number): value is RecommendedCurve {
  return membersOf(RecommendedCurve).memberOf(value) !== undefined
}
