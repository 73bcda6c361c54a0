import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Credential Type (KMIP 1.4 section 9.1.3.2.1, KMIP 2.1 section 11.11). */
export const CredentialType = defineEnum('CredentialType', {
  UsernameAndPassword: [0x01],
  Device: [0x02, '1.1'],
  Attestation: [0x03, '1.2'],
  OneTimePassword: [0x04, '2.0'],
  HashedPassword: [0x05, '2.0'],
  Ticket: [0x06, '2.0'],
})
export type CredentialType = ValueOf<typeof CredentialType>
