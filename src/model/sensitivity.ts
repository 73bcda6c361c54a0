import { KmipFault } from '../fault/fault.ts'
import type { AttributeEntry, AttributeSet } from './attribute-set.ts'
import type { ManagedObject } from './managed-object.ts'

/**
 * Keeps Always Sensitive and Never Extractable true to their names: each falls once Sensitive or Extractable was
 * otherwise, and never rises again (KMIP 1.4 sections 3.49, 3.51).
 */
export function followSensitivity(attributes: AttributeSet): AttributeSet {
  const sensitive = attributes.get('Sensitive')
  const extractable = attributes.get('Extractable')
  let followed = attributes
  if (sensitive === false && attributes.get('AlwaysSensitive') !== false) {
    followed = followed.with('AlwaysSensitive', false)
  }
  if (extractable === true && attributes.get('NeverExtractable') !== false) {
    followed = followed.with('NeverExtractable', false)
  }
  return followed
}

/**
 * Refuses a change that would make an object less protected than it was: what is sensitive stays so, what is not
 * extractable stays so, and neither Always Sensitive nor Never Extractable becomes true again. The standard would let
 * clients turn the first two back (KMIP 1.4 sections 3.48, 3.50).
 *
 * @throws KmipFault `ATTRIBUTE_READ_ONLY`
 */
export function checkNotLoosened(before: AttributeSet, after: AttributeSet): void {
  const isLoosened =
    (before.get('Sensitive') === true && after.get('Sensitive') !== true) ||
    (before.get('Extractable') === false && after.get('Extractable') !== false) ||
    (before.get('AlwaysSensitive') === false && after.get('AlwaysSensitive') === true) ||
    (before.get('NeverExtractable') === false && after.get('NeverExtractable') === true)
  if (!isLoosened) return
  throw new KmipFault('ATTRIBUTE_READ_ONLY', 'An object is not made less protected than it was')
}

/**
 * How an object that is made of others is to be protected: it is as sensitive as the most sensitive and as extractable
 * as the least extractable of them. What is not said is for the request to say.
 */
export function inheritedProtection(sources: readonly ManagedObject[]): readonly AttributeEntry[] {
  const entries: AttributeEntry[] = []
  if (sources.some(isSensitive)) entries.push({ reference: { name: 'Sensitive' }, value: true })
  if (sources.some(({ attributes }) => attributes.get('Extractable') === false)) {
    entries.push({ reference: { name: 'Extractable' }, value: false })
  }
  return entries
}

/** Whether an object leaves wrapped only. */
export function isSensitive({ attributes }: Pick<ManagedObject, 'attributes'>): boolean {
  return attributes.get('Sensitive') === true
}

/** An object that takes the place of another under its identifier: it is no less protected than that one. */
export function protectedAs(object: ManagedObject, before: ManagedObject): ManagedObject {
  const old = before.attributes
  let { attributes } = object
  if (old.get('Sensitive') === true) attributes = attributes.with('Sensitive', true)
  if (old.get('Extractable') === false) attributes = attributes.with('Extractable', false)
  if (old.get('AlwaysSensitive') === false) attributes = attributes.with('AlwaysSensitive', false)
  if (old.get('NeverExtractable') === false) attributes = attributes.with('NeverExtractable', false)
  return attributes === object.attributes ? object : { ...object, attributes }
}
