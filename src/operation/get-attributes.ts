import { KmipFault } from '../fault/fault.ts'
import { attributeReferences, attributesOfObject } from '../message/attributes.ts'
import { requestedIdentifier, uniqueIdentifier } from '../message/identified.ts'
import { referenceKey, type AttributeReference } from '../model/attribute-reference.ts'
import type { AttributeEntry, AttributeSet } from '../model/attribute-set.ts'
import { struct } from '../schema/struct.ts'
import { defineOperation } from './definition.ts'
import { loadOnline } from './shared/stored-object.ts'

function checkNoneTwice(references: readonly AttributeReference[]): void {
  if (new Set(references.map(referenceKey)).size < references.length) {
    throw new KmipFault('INVALID_MESSAGE', 'An attribute is named more than once')
  }
}

function entriesOf(
  attributes: AttributeSet,
  references: readonly AttributeReference[],
): AttributeEntry[] {
  return references.flatMap((reference) =>
    attributes.instances(reference).map((instance) => ({ reference, ...instance })),
  )
}

/** KMIP 1.4 section 4.12, KMIP 2.1 section 6.1.20: attributes that the object has not are left out. */
export const getAttributes = defineOperation('GetAttributes', {
  request: struct({ uniqueIdentifier: requestedIdentifier, references: attributeReferences }),
  response: struct({ uniqueIdentifier, attributes: attributesOfObject }),
  async handle({ uniqueIdentifier: reference, references }, context) {
    checkNoneTwice(references)
    const object = await loadOnline(reference, context)
    const { attributes } = object
    const wanted = references.length === 0 ? attributes.references() : references
    return {
      uniqueIdentifier: object.uniqueIdentifier,
      attributes: entriesOf(attributes, wanted),
    }
  },
})
