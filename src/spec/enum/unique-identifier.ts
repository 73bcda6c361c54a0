import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Unique Identifier (KMIP 2.1 section 11.58). */
export const UniqueIdentifier = defineEnum('UniqueIdentifier', {
  IDPlaceholder: [0x01, '2.0'],
  Certify: [0x02, '2.0'],
  Create: [0x03, '2.0'],
  CreateKeyPair: [0x04, '2.0'],
  CreateKeyPairPrivateKey: [0x05, '2.0'],
  CreateKeyPairPublicKey: [0x06, '2.0'],
  CreateSplitKey: [0x07, '2.0'],
  DeriveKey: [0x08, '2.0'],
  Import: [0x09, '2.0'],
  JoinSplitKey: [0x0a, '2.0'],
  Locate: [0x0b, '2.0'],
  Register: [0x0c, '2.0'],
  ReKey: [0x0d, '2.0'],
  ReCertify: [0x0e, '2.0'],
  ReKeyKeyPair: [0x0f, '2.0'],
  ReKeyKeyPairPrivateKey: [0x10, '2.0'],
  ReKeyKeyPairPublicKey: [0x11, '2.0'],
})
export type UniqueIdentifier = ValueOf<typeof UniqueIdentifier>
