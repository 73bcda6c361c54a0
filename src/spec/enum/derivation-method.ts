import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Derivation Method (KMIP 1.4 section 9.1.3.2.21, KMIP 2.1 section 11.14). */
export const DerivationMethod = defineEnum('DerivationMethod', {
  PBKDF2: [0x01],
  HASH: [0x02],
  HMAC: [0x03],
  ENCRYPT: [0x04],
  NIST800_108_C: [0x05],
  NIST800_108_F: [0x06],
  NIST800_108_DPI: [0x07],
  AsymmetricKey: [0x08, '1.4'],
  AWSSignatureVersion4: [0x09, '2.0'],
  HKDF: [0x0a, '2.0'],
})
export type DerivationMethod = ValueOf<typeof DerivationMethod>
