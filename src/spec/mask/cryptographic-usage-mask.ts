import { defineMask } from '../../schema/enumeration.ts'

/** Bits of the Cryptographic Usage Mask (KMIP 1.4 section 9.1.3.3.1, KMIP 2.1 section 12.1). */
export const CryptographicUsageMask = defineMask('CryptographicUsageMask', {
  Sign: [0x00000001],
  Verify: [0x00000002],
  Encrypt: [0x00000004],
  Decrypt: [0x00000008],
  WrapKey: [0x00000010],
  UnwrapKey: [0x00000020],
  Export: [0x00000040, '1.0', '1.4'],
  MACGenerate: [0x00000080],
  MACVerify: [0x00000100],
  DeriveKey: [0x00000200],
  ContentCommitmentNonRepudiation: [0x00000400, '1.0', '1.4'],
  KeyAgreement: [0x00000800],
  CertificateSign: [0x00001000],
  CRLSign: [0x00002000],
  GenerateCryptogram: [0x00004000, '1.0', '1.4'],
  ValidateCryptogram: [0x00008000, '1.0', '1.4'],
  TranslateEncrypt: [0x00010000, '1.0', '1.4'],
  TranslateDecrypt: [0x00020000, '1.0', '1.4'],
  TranslateWrap: [0x00040000, '1.0', '1.4'],
  TranslateUnwrap: [0x00080000, '1.0', '1.4'],
  Authenticate: [0x00100000, '2.0'],
  Unrestricted: [0x00200000, '2.0'],
  FPEEncrypt: [0x00400000, '2.0'],
  FPEDecrypt: [0x00800000, '2.0'],
})
