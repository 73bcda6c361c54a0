import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Secret Data Type (KMIP 1.4 section 9.1.3.2.9, KMIP 2.1 section 11.52). */
export const SecretDataType = defineEnum('SecretDataType', {
  Password: [0x01],
  Seed: [0x02],
})
export type SecretDataType = ValueOf<typeof SecretDataType>
