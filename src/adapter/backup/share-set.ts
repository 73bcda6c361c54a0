import { createHash } from 'node:crypto'
import { KmipFault } from '../../fault/fault.ts'
import { joinParts } from '../../model/split-key/join.ts'
import type { SplitKeyPlan } from '../../model/split-key/plan.ts'
import { splitSecret } from '../../model/split-key/split.ts'
import type { Random } from '../../port/random.ts'
import type { Secret } from '../../secret/secret.ts'
import { SplitKeyMethod } from '../../spec/enum/split-key-method.ts'
import { refused } from './fault.ts'
import { SET_ID, type ShareSet } from './header.ts'
import type { Share } from './share.ts'

/** How many shares are made, and how many open the backup. */
export type ShareCount = Omit<ShareSet, 'setId'>

/** Begins a set of shares that cannot be taken for another. */
export function newShareSet({ threshold, parts }: ShareCount, random: Random): ShareSet {
  const setId = random.bytes(SET_ID).expose((bytes) => Uint8Array.from(bytes))
  return { threshold, parts, setId }
}

/**
 * Splits a key of 32 bytes by Shamir's scheme over GF(2^8), and joins the shares again to see that they open what they
 * are to open: every choice of them, or of more than a thousand choices those of neighbours and a thousand others.
 *
 * Throws `CRYPTO_FAILED` when a choice does not give the key.
 */
export function splitKey(key: Secret, set: ShareSet, random: Random): readonly Share[] {
  const parts = splitSecret(key, planOf(set), (length) => random.bytes(length))
  const shares = parts.map(({ keyPartIdentifier: index, material }) => ({ set, index, material }))
  for (const choice of choicesOf(set)) {
    const joined = joinShares(
      shares.filter(({ index }) => choice.has(index)),
      set,
    )
    const isKey = joined.equals(key)
    joined.destroy()
    if (!isKey) throw new KmipFault('CRYPTO_FAILED', 'The shares do not give the key')
  }
  return shares
}

/**
 * The key that the shares were made of, if they are what they say. Throws `UNAVAILABLE` with a sentence for people when
 * there are too few, one of them twice, or one of another backup.
 */
export function joinShares(shares: readonly Share[], set: ShareSet): Secret {
  for (const { set: own, index } of shares) {
    if (!isSameSet(own, set)) throw refused(`Share ${index} is of another backup`)
  }
  const indices = new Set(shares.map(({ index }) => index))
  const twice = shares.find(
    ({ index }, place) => shares.findIndex((one) => one.index === index) < place,
  )
  if (twice !== undefined) throw refused(`Share ${twice.index} was given twice`)
  if (indices.size < set.threshold) {
    const given = indices.size === 1 ? '1 was given' : `${indices.size} were given`
    throw refused(`${set.threshold} shares are needed and ${given}`)
  }
  const parts = shares.map(({ index, material }) => ({ keyPartIdentifier: index, material }))
  try {
    return joinParts(parts, planOf(set))
  } catch (cause) {
    throw refused('The shares do not belong together', cause)
  }
}

function isSameSet(one: ShareSet, other: ShareSet): boolean {
  return (
    one.threshold === other.threshold &&
    one.parts === other.parts &&
    Buffer.compare(one.setId, other.setId) === 0
  )
}

function planOf({ threshold, parts }: ShareSet): SplitKeyPlan {
  return {
    splitKeyMethod: SplitKeyMethod.PolynomialSharingGF2_8,
    splitKeyParts: parts,
    splitKeyThreshold: threshold,
  }
}

/** The choices that are tried, each the numbers of as many shares as are needed. */
export function* choicesOf(set: ShareSet): Generator<ReadonlySet<number>> {
  const { threshold, parts } = set
  const indices = Array.from({ length: parts }, (_, index) => index + 1)
  if (countChoices(threshold, parts) <= MOST_CHOICES) {
    yield* allChoices(indices, threshold)
    return
  }
  for (const first of indices) {
    const around = [...indices.slice(first - 1), ...indices.slice(0, first - 1)]
    yield new Set(around.slice(0, threshold))
  }
  for (let round = 0; round < MOST_CHOICES; round += 1) {
    yield new Set(shuffled(indices, set, round).slice(0, threshold))
  }
}

function* allChoices(indices: readonly number[], size: number): Generator<ReadonlySet<number>> {
  if (size === 0) yield new Set()
  for (const [place, first] of indices.entries()) {
    if (size === 0 || indices.length - place < size) return
    for (const rest of allChoices(indices.slice(place + 1), size - 1)) {
      yield new Set([first, ...rest])
    }
  }
}

/** Stops counting above what is tried. */
function countChoices(size: number, from: number): number {
  let count = 1
  for (let step = 1; step <= Math.min(size, from - size); step += 1) {
    count = (count * (from - step + 1)) / step
    if (count > MOST_CHOICES) return count
  }
  return count
}

/** The same for the same set and round. */
function shuffled(indices: readonly number[], { setId }: ShareSet, round: number): number[] {
  const rank = (index: number): string =>
    createHash('sha256')
      .update(setId)
      .update(Uint8Array.of(round >> 8, round, index))
      .digest('hex')
  const ranks = new Map(indices.map((index) => [index, rank(index)]))
  return indices.toSorted((one, other) =>
    (ranks.get(one) ?? '') < (ranks.get(other) ?? '') ? -1 : 1,
  )
}

const MOST_CHOICES = 1_000
