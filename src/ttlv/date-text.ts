const SECONDS_OF_DAY = 86_400n
const MILLISECONDS_OF_DAY = 86_400_000
/** 24:00:00, in seconds. */
const LAST_TIME = 86_400
/** The Gregorian calendar repeats after this many years and days. */
const CYCLE_YEARS = 400
const CYCLE_DAYS = 146_097
/** 2000-01-01, the first day of a cycle, in days since 1970-01-01. */
const FIRST_DAY = 10_957

const PATTERN =
  /^(-?(?:[1-9]\d{4,11}|\d{4}))-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$/

/**
 * Seconds since 1970-01-01T00:00:00Z of an ISO 8601 date and time as in XML Schema, without an offset in UTC. A fraction
 * is cut off (encodings 4.1.6.11). Undefined when the text is no such date.
 */
export function secondsOfText(text: string): bigint | undefined {
  return instantOf(text)?.seconds
}

/** Microseconds since 1970-01-01T00:00:00Z; digits beyond the sixth are cut off. */
export function microsecondsOfText(text: string): bigint | undefined {
  const instant = instantOf(text)
  if (instant === undefined) return undefined
  return instant.seconds * 1_000_000n + BigInt(instant.fraction.slice(0, 6).padEnd(6, '0'))
}

/** A date and time in UTC of any 64-bit number of seconds, as in `2001-01-01T00:00:00Z`. */
export function textOfSeconds(seconds: bigint): string {
  return `${dayAndTime(seconds)}Z`
}

/** A date and time in UTC of any 64-bit number of microseconds, with six digits of fraction. */
export function textOfMicroseconds(microseconds: bigint): string {
  const fraction = modulo(microseconds, 1_000_000n)
  const seconds = (microseconds - fraction) / 1_000_000n
  return `${dayAndTime(seconds)}.${fraction.toString().padStart(6, '0')}Z`
}

interface Instant {
  readonly seconds: bigint
  /** Digits behind the decimal point. */
  readonly fraction: string
}

function instantOf(text: string): Instant | undefined {
  const match = PATTERN.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match
  const days = daysOf(Number(year), Number(month), Number(day))
  const time = timeOf(Number(hour), Number(minute), Number(second))
  const offset = offsetOf(zone)
  if (days === undefined || time === undefined || offset === undefined) return undefined
  if (time === LAST_TIME && /[1-9]/.test(fraction)) return undefined
  return { seconds: BigInt(days) * SECONDS_OF_DAY + BigInt(time - offset), fraction }
}

/** Seconds since midnight; XML Schema lets the end of a day be written as 24:00:00. */
function timeOf(hour: number, minute: number, second: number): number | undefined {
  const time = hour * 3600 + minute * 60 + second
  return minute > 59 || second > 59 || time > LAST_TIME ? undefined : time
}

/** Days since 1970-01-01 of a day of the proleptic Gregorian calendar with a year 0, or undefined where none is. */
function daysOf(year: number, month: number, day: number): number | undefined {
  const cycles = Math.floor((year - 2000) / CYCLE_YEARS)
  const inCycle = year - cycles * CYCLE_YEARS
  if (month < 1 || month > 12 || day < 1) return undefined
  if (day > new Date(Date.UTC(inCycle, month, 0)).getUTCDate()) return undefined
  return cycles * CYCLE_DAYS + Date.UTC(inCycle, month - 1, day) / MILLISECONDS_OF_DAY
}

/** Seconds that a time zone is ahead of UTC; XML Schema bounds it by 14 hours. */
function offsetOf(zone: string): number | undefined {
  if (zone === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(4))
  if (minutes > 59 || hours * 60 + minutes > 14 * 60) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60)
}

function dayAndTime(seconds: bigint): string {
  const time = Number(modulo(seconds, SECONDS_OF_DAY))
  const days = Number((seconds - BigInt(time)) / SECONDS_OF_DAY) - FIRST_DAY
  const cycles = Math.floor(days / CYCLE_DAYS)
  const inCycle = days - cycles * CYCLE_DAYS + FIRST_DAY
  const [year = '', rest = ''] = new Date(inCycle * MILLISECONDS_OF_DAY + time * 1000)
    .toISOString()
    .split(/(?<=^\d{4})/)
  return yearText(Number(year) + cycles * CYCLE_YEARS) + rest.slice(0, -'.000Z'.length)
}

function yearText(year: number): string {
  return (year < 0 ? '-' : '') + String(Math.abs(year)).padStart(4, '0')
}

function modulo(value: bigint, by: bigint): bigint {
  return ((value % by) + by) % by
}
