import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Object Type (KMIP 1.4 section 9.1.3.2.12, KMIP 2.1 section 11.34). */
export const ObjectType = defineEnum('ObjectType', {
  Certificate: [0x01],
  SymmetricKey: [0x02],
  PublicKey: [0x03],
  PrivateKey: [0x04],
  SplitKey: [0x05],
  Template: [0x06, '1.0', '1.4'],
  SecretData: [0x07],
  OpaqueObject: [0x08],
  PGPKey: [0x09, '1.2'],
  CertificateRequest: [0x0a, '2.0'],
})
export type ObjectType = ValueOf<typeof ObjectType>
