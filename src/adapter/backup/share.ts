import { createHash, timingSafeEqual } from 'node:crypto'
import { Secret } from '../../secret/secret.ts'
import { utf8 } from '../length-prefixed.ts'
import { decodeHex, encodeHex } from './hexadecimal.ts'
import { SET_ID, type ShareSet } from './header.ts'

/** What one person holds of a backup's key. */
export interface Share {
  readonly set: ShareSet
  /** From 1 to the number of parts. */
  readonly index: number
  /** 32 bytes. */
  readonly material: Secret
}

/**
 * A share as it is printed or written to a file: a line for people, and one word in ASCII that holds set, threshold,
 * parts, index, material and a checksum. The caller destroys it.
 */
export function formatShare({ set, index, material }: Share): Secret {
  const about = `# kmipd backup: share ${index} of ${set.parts}, any ${set.threshold} of them open it\n`
  return material.expose((bytes) => {
    const body = Uint8Array.of(...set.setId, set.threshold, set.parts, index, ...bytes)
    const whole = Uint8Array.of(...body, ...checksumOf(body))
    const digits = encodeHex(whole)
    const text = Secret.take(Uint8Array.of(...utf8(about), ...PREFIX, ...digits, LINE_END))
    for (const each of [body, whole, digits]) each.fill(0)
    return text
  })
}

/** The share in a text; undefined when there is none or when it was altered. */
export function parseShare(text: Uint8Array): Share | undefined {
  const digits = digitsIn(text)
  const bytes = digits === undefined ? undefined : decodeHex(digits)
  if (bytes === undefined) return undefined
  try {
    return shareIn(bytes)
  } finally {
    bytes.fill(0)
  }
}

/** What stands behind the prefix, up to the next blank. */
function digitsIn(text: Uint8Array): Uint8Array | undefined {
  const from = Buffer.from(text.buffer, text.byteOffset, text.length).indexOf(PREFIX)
  if (from < 0) return undefined
  const start = from + PREFIX.length
  const length = text.subarray(start).findIndex((code) => code <= BLANK)
  return text.subarray(start, length < 0 ? undefined : start + length)
}

function shareIn(bytes: Uint8Array): Share | undefined {
  if (bytes.length !== BODY + CHECKSUM) return undefined
  const body = bytes.subarray(0, BODY)
  if (!timingSafeEqual(checksumOf(body), bytes.subarray(BODY))) return undefined
  const [threshold = 0, parts = 0, index = 0] = body.subarray(SET_ID)
  if (threshold < 2 || threshold > parts || index < 1 || index > parts) return undefined
  const set = { setId: body.slice(0, SET_ID), threshold, parts }
  return { set, index, material: Secret.copyOf(body.subarray(SET_ID + 3)) }
}

/** Finds a slip of the pen. Four bytes of a hash say nothing of use about 32 random ones. */
function checksumOf(body: Uint8Array): Uint8Array {
  return createHash('sha256').update(body).digest().subarray(0, CHECKSUM)
}

const PREFIX = utf8('kmipd-share-1-')
const MATERIAL = 32
const BODY = SET_ID + 3 + MATERIAL
const CHECKSUM = 4
const LINE_END = 0x0a
const BLANK = 0x20
