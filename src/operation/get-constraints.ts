import { constraints } from '../message/creation-rules.ts'
import { required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'

/** KMIP 2.1 section 6.1.22. */
export const getConstraints = defineOperation('GetConstraints', {
  request: struct({}),
  response: struct({ constraints: required(Tag.Constraints, constraints) }),
  async handle(_, { objects }) {
    return { constraints: (await objects.rules()).constraints }
  },
})
