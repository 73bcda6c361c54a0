import type { DateTime } from '../../schema/primitive.ts'
import { malformed, T, type Element } from '../der/read.ts'
import { element } from '../der/write.ts'

/** Reads a Time: whole seconds of UTC, as RFC 5280 section 4.1.2.5 demands. Throws `INVALID_FIELD`. */
export function readTime(time: Element | undefined): DateTime {
  const iso = isoOf(time)
  const milliseconds = Date.parse(iso)
  // A day that the month does not have would become one of the next.
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString() !== iso) throw malformed()
  return milliseconds / 1000
}

function isoOf(time: Element | undefined): string {
  if (time?.tag !== T.utcTime && time?.tag !== T.generalizedTime) throw malformed()
  const text = String.fromCharCode(...time.content.subarray(0, 16))
  const [, year = '', month, day, hour, minute, second] =
    (time.tag === T.utcTime ? SHORT : LONG).exec(text) ?? []
  const century = year.length === 4 ? '' : year < '50' ? '20' : '19'
  return `${century}${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
}

/** UTCTime up to 2049, GeneralizedTime from 2050 on. */
export function writeTime(seconds: DateTime): Uint8Array<ArrayBuffer> {
  const digits = new Date(Math.trunc(seconds) * 1000).toISOString().replaceAll(/[-:T]|\.000/gu, '')
  const isShort = digits < '2050' && digits >= '1950'
  const text = isShort ? digits.slice(2) : digits
  return element(isShort ? T.utcTime : T.generalizedTime, new TextEncoder().encode(text))
}

const SHORT = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/u
const LONG = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/u
