import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Query Function (KMIP 1.4 section 9.1.3.2.24, KMIP 2.1 section 11.44). */
export const QueryFunction = defineEnum('QueryFunction', {
  QueryOperations: [0x01],
  QueryObjects: [0x02],
  QueryServerInformation: [0x03],
  QueryApplicationNamespaces: [0x04],
  QueryExtensionList: [0x05, '1.1'],
  QueryExtensionMap: [0x06, '1.1'],
  QueryAttestationTypes: [0x07, '1.2'],
  QueryRNGs: [0x08, '1.3'],
  QueryValidations: [0x09, '1.3'],
  QueryProfiles: [0x0a, '1.3'],
  QueryCapabilities: [0x0b, '1.3'],
  QueryClientRegistrationMethods: [0x0c, '1.3'],
  QueryDefaultsInformation: [0x0d, '2.0'],
  QueryStorageProtectionMasks: [0x0e, '2.0'],
})
export type QueryFunction = ValueOf<typeof QueryFunction>
