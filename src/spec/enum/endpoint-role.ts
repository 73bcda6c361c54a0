import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Endpoint Role (KMIP 2.1 section 11.19). */
export const EndpointRole = defineEnum('EndpointRole', {
  Client: [0x01, '2.0'],
  Server: [0x02, '2.0'],
})
export type EndpointRole = ValueOf<typeof EndpointRole>
