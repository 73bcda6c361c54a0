import { createHash } from 'node:crypto'
import { ItemType } from '../../src/ttlv/item.ts'
import { isGenerated, objectOf, subjectOf, type Facts, type Place } from './place.ts'
import { childOf, memberOf, valueOf, type Node } from './template.ts'

/** What the material of an object that the server made should have been. */
export interface Complaint {
  readonly expected: string
  readonly got: string
}

/** Hash functions that a Digest may name, as node:crypto calls them. */
const HASHES: Readonly<Record<string, string>> = {
  SHA_1: 'sha1',
  SHA_224: 'sha224',
  SHA_256: 'sha256',
  SHA_384: 'sha384',
  SHA_512: 'sha512',
}

/**
 * A server may choose the material of what it makes, but not another at each Get, and a Digest must be of that
 * material. Undefined when there is nothing to object to.
 */
export function checkMaterial(place: Place): Complaint | undefined {
  const { actual, facts } = place
  if (actual?.item.type !== ItemType.ByteString || !isGenerated(facts)) return undefined
  const subject = subjectOf(place)
  if (subject === 'KeyMaterial') return checkStable(actual, facts)
  if (subject === 'DigestValue') return checkDigest(place, actual)
  return undefined
}

function checkStable(actual: Node, facts: Facts): Complaint | undefined {
  // Other formats and wrapped keys are other bytes.
  const variants = ['KeyFormatType', 'KeyWrappingSpecification', 'KeyCompressionType']
  if (variants.some((name) => childOf(facts.asked, name) !== undefined)) return undefined
  const key = `material ${objectOf(facts) ?? ''}`
  const before = facts.bindings.valueOf(key)
  const now = valueOf(actual)
  if (before === undefined) facts.bindings.bind(key, now)
  else if (before !== now) return { expected: 'the material of the answer before', got: 'another' }
  return undefined
}

function checkDigest(place: Place, actual: Node): Complaint | undefined {
  const { facts, around } = place
  const hash = HASHES[memberOf(childOf(around?.actual, 'HashingAlgorithm')) ?? '']
  const material = facts.bindings.valueOf(`material ${objectOf(facts) ?? ''}`)
  if (hash === undefined || material === undefined) return undefined
  const expected = createHash(hash).update(Buffer.from(material, 'hex')).digest('hex')
  const got = valueOf(actual)
  return expected === got ? undefined : { expected: `the digest of the material, ${expected}`, got }
}
