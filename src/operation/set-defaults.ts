import { defaultsInformation } from '../message/creation-rules.ts'
import { checkDefaults } from '../model/creation-rules.ts'
import { optional } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'

/** KMIP 2.1 section 6.1.53. Without Defaults Information there are no defaults any more. */
export const setDefaults = defineOperation('SetDefaults', {
  request: struct({ defaults: optional(Tag.DefaultsInformation, defaultsInformation) }),
  response: struct({}),
  async handle({ defaults = [] }, { objects, offer }) {
    checkDefaults(defaults, offer.objectTypes)
    await objects.setRules({ defaults })
    return {}
  },
})
