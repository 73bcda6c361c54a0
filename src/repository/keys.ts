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

/** Where the record of an object is. */
export function objectKey(uniqueIdentifier: string): Uint8Array {
  return joined(OBJECT, toUtf8.encode(uniqueIdentifier))
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

/** Identifiers as the values of index entries. */
export const identifierBytes = (uniqueIdentifier: string): Uint8Array =>
  toUtf8.encode(uniqueIdentifier)
export const identifierOf = (bytes: Uint8Array): string => fromUtf8.decode(bytes)

/** The identifier in the key of an object's record; undefined for any other key. */
export function objectOfKey(key: Uint8Array): string | undefined {
  const isObject = OBJECT.every((byte, index) => key[index] === byte)
  return isObject ? identifierOf(key.subarray(OBJECT.length)) : undefined
}
