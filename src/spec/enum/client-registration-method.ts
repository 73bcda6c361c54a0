import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Client Registration Method (KMIP 1.4 section 9.1.3.2.47, KMIP 2.1 section 11.10). */
export const ClientRegistrationMethod = defineEnum('ClientRegistrationMethod', {
  Unspecified: [0x01, '1.3'],
  ServerPreGenerated: [0x02, '1.3'],
  ServerOnDemand: [0x03, '1.3'],
  ClientGenerated: [0x04, '1.3'],
  ClientRegistered: [0x05, '1.3'],
})
export type ClientRegistrationMethod = ValueOf<typeof ClientRegistrationMethod>
