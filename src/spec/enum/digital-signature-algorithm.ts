import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Digital Signature Algorithm (KMIP 1.4 section 9.1.3.2.7, KMIP 2.1 section 11.16). */
export const DigitalSignatureAlgorithm = defineEnum('DigitalSignatureAlgorithm', {
  MD2WithRSAEncryption: [0x01, '1.1'],
  MD5WithRSAEncryption: [0x02, '1.1'],
  SHA_1WithRSAEncryption: [0x03, '1.1'],
  SHA_224WithRSAEncryption: [0x04, '1.1'],
  SHA_256WithRSAEncryption: [0x05, '1.1'],
  SHA_384WithRSAEncryption: [0x06, '1.1'],
  SHA_512WithRSAEncryption: [0x07, '1.1'],
  RSASSA_PSS: [0x08, '1.1'],
  DSAWithSHA_1: [0x09, '1.1'],
  DSAWithSHA224: [0x0a, '1.1'],
  DSAWithSHA256: [0x0b, '1.1'],
  ECDSAWithSHA_1: [0x0c, '1.1'],
  ECDSAWithSHA224: [0x0d, '1.1'],
  ECDSAWithSHA256: [0x0e, '1.1'],
  ECDSAWithSHA384: [0x0f, '1.1'],
  ECDSAWithSHA512: [0x10, '1.1'],
  SHA3_256WithRSAEncryption: [0x11, '1.4'],
  SHA3_384WithRSAEncryption: [0x12, '1.4'],
  SHA3_512WithRSAEncryption: [0x13, '1.4'],
})
export type DigitalSignatureAlgorithm = ValueOf<typeof DigitalSignatureAlgorithm>
