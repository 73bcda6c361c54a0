import { constraints } from '../message/creation-rules.ts'
import { checkConstraints } from '../model/creation-rules.ts'
import { required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'

/** KMIP 2.1 section 6.1.52. The set takes the place of the one before it; an empty one constrains nothing. */
export const setConstraints = defineOperation('SetConstraints', {
  request: struct({ constraints: required(Tag.Constraints, constraints) }),
  response: struct({}),
  async handle({ constraints: wanted }, { objects, offer }) {
    checkConstraints(wanted, offer.objectTypes)
    await objects.setRules({ constraints: wanted })
    return {}
  },
})
