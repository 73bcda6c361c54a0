import { Secret } from '../../secret/secret.ts'
import { bitsIn, identifierIn, sequenceIn, type Element } from '../der/read.ts'
import { bits, identifier, integer, octets } from '../der/write.ts'
import { curveOfIdentifier, type Curve } from './curve.ts'
import { integerIn, octetsIn, sequence, tagged, taggedIn, type Encoded } from './der.ts'
import type { ECPrivateKey, ECPublicKey } from './key.ts'
import { padded, unsigned } from './magnitude.ts'
import { malformed } from './malformed.ts'
import { checkPoint, encodePoint, pointOf } from './point.ts'

/**
 * ECPrivateKey (RFC 5915). Its curve may stand in a structure around it; undefined for a curve that is not known.
 * Throws `INVALID_FIELD`, also where the public point is not the private number's.
 */
export function readECPrivate(root: Element, outer?: Curve): ECPrivateKey | undefined {
  const [version, octetsOfD, ...others] = sequenceIn(root)
  const number = integerIn(version)
  if (number.length !== 1 || number[0] !== 1) throw malformed()
  const parameters = taggedIn(others, 0)
  const stated = taggedIn(others, 1)
  const curve = parameters === undefined ? outer : curveOfIdentifier(identifierIn(parameters))
  if (parameters === undefined && outer === undefined) throw malformed()
  if (curve === undefined || (outer !== undefined && outer !== curve)) return undefined
  return ecPrivate(octetsIn(octetsOfD), curve, stated && bitsIn(stated))
}

/** A private key of its number; throws `INVALID_FIELD` for one that is out of range or not that of the point. */
export function ecPrivate(number: Uint8Array, curve: Curve, stated?: Uint8Array): ECPrivateKey {
  const magnitude = unsigned(number)
  const d = Secret.take(padded(magnitude, curve.orderBytes))
  magnitude.fill(0)
  try {
    const qString = pointOf(d, curve)
    if (stated !== undefined) checkPoint(qString, stated, curve)
    return { kind: 'ECPrivate', curve, d, qString }
  } catch (error) {
    d.destroy()
    throw error
  }
}

/** A public key of its point, which must lie on the curve. */
export function ecPublic(point: Uint8Array, curve: Curve): ECPublicKey {
  encodePoint(point, curve, 'uncompressed')
  return { kind: 'ECPublic', curve, qString: Uint8Array.from(point) }
}

/** @param names - whether the curve is named inside; in PKCS#8 it stands outside */
export function ecPrivateNode(key: ECPrivateKey, names: boolean): Encoded {
  const curve = names ? [tagged(0, identifier(key.curve.identifier))] : []
  return sequence(
    integer(Uint8Array.of(1)),
    key.d.expose(octets),
    ...curve,
    tagged(1, bits(key.qString)),
  )
}
