import { referenceKey } from './attribute-reference.ts'
import { isMultiple } from './attribute-rules.ts'
import type { AttributeEntry } from './attribute-set.ts'

/**
 * Several lists of attributes as one, the last with the most to say: values of single-instance attributes give way to
 * later ones, those of others come together (KMIP 1.4 sections 4, 4.2).
 */
export function overlaid(
  layers: readonly (readonly AttributeEntry[])[],
): readonly AttributeEntry[] {
  return layers.reduce(overlay, [])
}

function overlay(
  under: readonly AttributeEntry[],
  over: readonly AttributeEntry[],
): readonly AttributeEntry[] {
  const said = new Set(over.map(({ reference }) => referenceKey(reference)))
  const kept = under.filter(
    ({ reference }) => isMultiple(reference) || !said.has(referenceKey(reference)),
  )
  return [...kept, ...over]
}
