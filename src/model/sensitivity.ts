import type { AttributeSet } from './attribute-set.ts'

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
