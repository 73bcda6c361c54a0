import { ECDH, createECDH, timingSafeEqual } from 'node:crypto'
import { KmipFault } from '../../fault/fault.ts'
import type { Secret } from '../../secret/secret.ts'
import { KeyCompressionType } from '../../spec/enum/key-compression-type.ts'
import type { Curve } from './curve.ts'
import { malformed } from './malformed.ts'

type PointForm = 'uncompressed' | 'compressed' | 'hybrid'

/** A point in another encoding (ANSI X9.62). Throws `INVALID_FIELD` for bytes that are no point of the curve. */
export function encodePoint(
  point: Uint8Array,
  curve: Curve,
  form: PointForm,
): Uint8Array<ArrayBuffer> {
  // One byte of zero stands for the point at infinity, which is nobody's public key; OpenSSL takes it.
  if (point.length <= 1) throw malformed()
  try {
    const encoded = ECDH.convertKey(point, curve.openssl, undefined, undefined, form)
    if (typeof encoded !== 'string') return Uint8Array.from(encoded)
  } catch {
    // OpenSSL's own words stay here.
  }
  throw malformed()
}

/**
 * The public point of a private number, not compressed. OpenSSL's copy of the number is freed with the object that
 * holds it, and cleared then. Throws `INVALID_FIELD` for a number that is out of range.
 */
export function pointOf(d: Secret, curve: Curve): Uint8Array<ArrayBuffer> {
  try {
    const holder = createECDH(curve.openssl)
    d.expose((bytes) => {
      holder.setPrivateKey(bytes)
    })
    return Uint8Array.from(holder.getPublicKey())
  } catch {
    throw malformed()
  }
}

/** Refuses a public point that is not the private number's. Throws `INVALID_FIELD`. */
export function checkPoint(own: Uint8Array, stated: Uint8Array, curve: Curve): void {
  if (!timingSafeEqual(own, encodePoint(stated, curve, 'uncompressed'))) throw malformed()
}

/** How a Key Compression Type encodes the points of a curve. Throws `KEY_COMPRESSION_UNSUPPORTED`. */
export function formOf(compression: KeyCompressionType, { isBinary }: Curve): PointForm {
  if (compression === KeyCompressionType.ECPublicKeyTypeUncompressed) return 'uncompressed'
  if (compression === KeyCompressionType.ECPublicKeyTypeX9_62Hybrid) return 'hybrid'
  const suits = isBinary
    ? KeyCompressionType.ECPublicKeyTypeX9_62CompressedChar2
    : KeyCompressionType.ECPublicKeyTypeX9_62CompressedPrime
  if (compression === suits) return 'compressed'
  throw uncompressible()
}

export function uncompressible(): KmipFault {
  return new KmipFault(
    'KEY_COMPRESSION_UNSUPPORTED',
    'The key cannot be had with this Key Compression Type',
  )
}
