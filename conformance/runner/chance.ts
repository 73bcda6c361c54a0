import type { Bindings } from './bindings.ts'
import { isGenerated, objectOf, parentOf, subjectOf, type Place } from './place.ts'
import { childOf, childrenOf, memberOf, textOf, valueOf, type Node } from './template.ts'

/** Fields with the output of cryptography, by the names that files write for it. */
const OUTPUTS: ReadonlyMap<string, string> = new Map([
  ['Data', '$DATA'],
  ['SignatureData', '$SIGNATURE_DATA'],
  ['MACData', '$MAC_DATA'],
  ['IVCounterNonce', '$IV_COUNTER_NONCE'],
])

/** Whether a place holds the output of cryptography. */
export function isOutput(place: Place): boolean {
  return OUTPUTS.has(subjectOf(place)) && parentOf(place) === 'ResponsePayload'
}

/**
 * Whether output is different each time it is made: random bytes, encryption under an IV that the server chose, or with
 * a public key, whose paddings are random. Its length stays.
 */
export function dependsOnChance(place: Place): boolean {
  const { facts } = place
  if (!isOfSameLength(place)) return false
  if (facts.operation === 'RNGRetrieve') return true
  if (facts.operation !== 'Encrypt') return false
  const chosenIv =
    childOf(facts.answered, 'IVCounterNonce') !== undefined &&
    childOf(facts.asked, 'IVCounterNonce') === undefined
  const key = objectOf(facts)
  return chosenIv || (key !== undefined && facts.bindings.isPublicKey(key))
}

/**
 * Whether output is what a key of the server's own makes of the file's data. Signatures may have another length, for
 * DER writes small numbers shorter. What the server itself gave must decrypt to what it was made of.
 */
export function dependsOnGenerated(place: Place): boolean {
  const { facts } = place
  if (!isGenerated(facts)) return false
  if (subjectOf(place) !== 'SignatureData' && !isOfSameLength(place)) return false
  const asked = childOf(facts.asked, 'Data')
  const isReturned = asked !== undefined && facts.bindings.hasGiven(valueOf(asked))
  return facts.operation !== 'Decrypt' || !isReturned
}

function isOfSameLength({ expected, actual }: Place): boolean {
  if (expected === undefined || actual === undefined) return false
  return valueOf(expected).length === valueOf(actual).length
}

/** Whether a place holds the Correlation Value of a new stream: files write the same name for one after another. */
export function beginsStream(place: Place): boolean {
  const init = childOf(place.facts.asked, 'InitIndicator')
  return subjectOf(place) === 'CorrelationValue' && init !== undefined && valueOf(init) === 'true'
}

/**
 * Remembers the output of an answer. Some files show it as a value and then use it by a name: the latest output of that
 * field is what they mean.
 */
export function rememberOutputs(answer: Node, bindings: Bindings): void {
  for (const item of childrenOf(answer, 'BatchItem')) {
    for (const field of childOf(item, 'ResponsePayload')?.children ?? []) {
      const name = OUTPUTS.get(field.name)
      if (name !== undefined) bindings.giveOutput(name, valueOf(field))
    }
  }
}

/** Remembers which objects are public keys. */
export function rememberPublicKey(asked: Node | undefined, item: Node, bindings: Bindings): void {
  const payload = childOf(asked, 'RequestPayload')
  if (memberOf(childOf(payload, 'ObjectType')) !== 'PublicKey') return
  const identifier = textOf(childOf(childOf(item, 'ResponsePayload'), 'UniqueIdentifier'))
  if (identifier !== undefined) bindings.addPublicKey(identifier)
}
