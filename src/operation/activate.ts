import { IdentifiedRequest, IdentifiedResponse } from '../message/identified.ts'
import { transition } from '../model/lifecycle.ts'
import { defineOperation } from './definition.ts'
import { changeObject, checkHasState } from './shared/stored-object.ts'

/** KMIP 1.4 section 4.19, KMIP 2.1 section 6.1.1. */
export const activate = defineOperation('Activate', {
  request: IdentifiedRequest,
  response: IdentifiedResponse,
  async handle({ uniqueIdentifier: reference }, context) {
    return changeObject(reference, context, (object) => {
      checkHasState(object, context)
      return transition(object, 'activate', context.now)
    })
  },
})
