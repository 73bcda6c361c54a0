import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Key Format Type (KMIP 1.4 section 9.1.3.2.3, KMIP 2.1 section 11.25). */
export const KeyFormatType = defineEnum('KeyFormatType', {
  Raw: [0x01],
  Opaque: [0x02],
  PKCS_1: [0x03],
  PKCS_8: [0x04],
  X_509: [0x05],
  ECPrivateKey: [0x06],
  TransparentSymmetricKey: [0x07],
  TransparentDSAPrivateKey: [0x08],
  TransparentDSAPublicKey: [0x09],
  TransparentRSAPrivateKey: [0x0a],
  TransparentRSAPublicKey: [0x0b],
  TransparentDHPrivateKey: [0x0c],
  TransparentDHPublicKey: [0x0d],
  TransparentECDSAPrivateKey: [0x0e, '1.0', '1.4'],
  TransparentECDSAPublicKey: [0x0f, '1.0', '1.4'],
  TransparentECDHPrivateKey: [0x10, '1.0', '1.4'],
  TransparentECDHPublicKey: [0x11, '1.0', '1.4'],
  TransparentECMQVPrivateKey: [0x12, '1.0', '1.4'],
  TransparentECMQVPublicKey: [0x13, '1.0', '1.4'],
  TransparentECPrivateKey: [0x14, '1.3'],
  TransparentECPublicKey: [0x15, '1.3'],
  PKCS_12: [0x16, '1.4'],
  PKCS_10: [0x17, '2.0'],
})
export type KeyFormatType = ValueOf<typeof KeyFormatType>
