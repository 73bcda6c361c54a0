import { struct } from '../schema/struct.ts'
import { defineOperation } from './definition.ts'
import {
  checkPairStorage,
  keyPairFields,
  keyPairIdentification,
  KeyPairResponse,
  makeKeyPair,
  newPairEntries,
} from './shared/key-pair.ts'

/** KMIP 1.4 section 4.2, KMIP 2.1 section 6.1.9. */
export const createKeyPair = defineOperation('CreateKeyPair', {
  pace: 'slow',
  request: struct(keyPairFields),
  response: KeyPairResponse,
  ...keyPairIdentification,
  async handle(request, context) {
    checkPairStorage(request, context)
    const wanted = await newPairEntries(request, context)
    const { ofPrivate, ofPublic } = await makeKeyPair(wanted, request, context)
    await context.objects.add(ofPrivate)
    await context.objects.add(ofPublic)
    return {
      privateKeyUniqueIdentifier: ofPrivate.uniqueIdentifier,
      publicKeyUniqueIdentifier: ofPublic.uniqueIdentifier,
    }
  },
})
