import type { KeyRange } from '../port/store.ts'

const toUtf8 = new TextEncoder()
const fromUtf8 = new TextDecoder()

/** The families of keys that objects use, each a prefix of its own. */
const OBJECT = toUtf8.encode('o/')
const NAME = toUtf8.encode('n/')
const POSTING = toUtf8.encode('i/')
const SEQUENCE = toUtf8.encode('s/')

const NOTHING = new Uint8Array(0)

/** Bytes of a position. */
const POSITION = 8

const LAST = 0xffff_ffff_ffff_ffffn

function joined(first: Uint8Array, second: Uint8Array, third: Uint8Array = NOTHING): Uint8Array {
  const whole = new Uint8Array(first.length + second.length + third.length)
  whole.set(first)
  whole.set(second, first.length)
  whole.set(third, first.length + second.length)
  return whole
}

/** A sequence number so written that the newest object comes first. */
function position(sequence: bigint): Uint8Array {
  const bytes = new Uint8Array(POSITION)
  new DataView(bytes.buffer).setBigUint64(0, LAST - sequence)
  return bytes
}

function sequenceAt(key: Uint8Array): bigint {
  const view = new DataView(key.buffer, key.byteOffset + key.length - POSITION, POSITION)
  return LAST - view.getBigUint64(0)
}

/**
 * Where an object is among all objects: the Unique Identifier itself, or a place beside it where an object of another
 * tenant has that. Text that no identifier is the same as.
 */
export type Place = string

/** Stands for the byte 0xff, which is in no UTF-8, in the text of a place beside. */
const MARK = '\ud800'
const MARK_CODE = 0xd800
const MARK_BYTE = 0xff

/** Bytes of a blinded value. */
const BLINDED = 16

/**
 * The place of a tenant's object whose Unique Identifier another's has.
 *
 * @param blinded - of the tenant and the identifier
 */
export function placeBeside(uniqueIdentifier: string, blinded: Uint8Array): Place {
  return `${MARK}${uniqueIdentifier}${MARK}${String.fromCharCode(...blinded)}`
}

export function isBeside(place: Place): boolean {
  return place.charCodeAt(0) === MARK_CODE
}

/** The Unique Identifier of what is in a place. */
export function identifierAt(place: Place): string {
  return isBeside(place) ? place.slice(1, place.length - BLINDED - 1) : place
}

/** Places as they are in keys, and as the values of index entries. */
export function placeBytes(place: Place): Uint8Array {
  if (!isBeside(place)) return toUtf8.encode(place)
  const mark = Uint8Array.of(MARK_BYTE)
  const text = place.slice(place.length - BLINDED)
  const blinded = Uint8Array.from(text, (character) => character.charCodeAt(0))
  return joined(mark, toUtf8.encode(identifierAt(place)), joined(mark, blinded))
}

export function placeOf(bytes: Uint8Array): Place {
  if (bytes[0] !== MARK_BYTE) return fromUtf8.decode(bytes)
  const end = bytes.length - BLINDED
  return placeBeside(fromUtf8.decode(bytes.subarray(1, end - 1)), bytes.subarray(end))
}

/** Where the record of an object is. */
export function objectKey(place: Place): Uint8Array {
  return joined(OBJECT, placeBytes(place))
}

/** The records of all objects that have a Unique Identifier beside the one that is in its place. */
export function besideRange(uniqueIdentifier: string): KeyRange {
  const from = joined(OBJECT, joined(Uint8Array.of(MARK_BYTE), toUtf8.encode(uniqueIdentifier)))
  const mark = Uint8Array.of(MARK_BYTE)
  return {
    from: joined(from, mark),
    to: joined(from, mark, new Uint8Array(BLINDED + 1).fill(0xff)),
  }
}

/** Holds a name for one object. */
export function nameKey(blindedName: Uint8Array): Uint8Array {
  return joined(NAME, blindedName)
}

/** Says that an object has something; newest objects first. */
export function postingKey(blindedTerm: Uint8Array, sequence: bigint): Uint8Array {
  return joined(POSTING, blindedTerm, position(sequence))
}

/** The keys that say that an object has each of several things. */
export function postingKeys(
  blindedTerms: readonly Uint8Array[],
  sequence: bigint,
): readonly Uint8Array[] {
  const end = position(sequence)
  return blindedTerms.map((term) => joined(POSTING, term, end))
}

/** Lists every object, newest first. */
export function sequenceKey(sequence: bigint): Uint8Array {
  return joined(SEQUENCE, position(sequence))
}

/** The postings of a term from the object of a sequence number on to older ones. */
export function postingRange(blindedTerm: Uint8Array, newest: bigint): KeyRange {
  const from = postingKey(blindedTerm, newest)
  const to = joined(postingKey(blindedTerm, 0n), new Uint8Array(1))
  return { from, to }
}

/** Every object from that of a sequence number on to older ones. */
export function sequenceRange(newest: bigint): KeyRange {
  return { from: sequenceKey(newest), to: joined(sequenceKey(0n), new Uint8Array(1)) }
}

/** The sequence number that a posting's or a sequence key ends in. */
export const sequenceOfKey = sequenceAt

export const NEWEST = LAST

/** The place in the key of an object's record; undefined for any other key. */
export function objectOfKey(key: Uint8Array): Place | undefined {
  const isObject = OBJECT.every((byte, index) => key[index] === byte)
  return isObject ? placeOf(key.subarray(OBJECT.length)) : undefined
}
