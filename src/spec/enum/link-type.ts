import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Link Type (KMIP 1.4 section 9.1.3.2.20, KMIP 2.1 section 11.28). */
export const LinkType = defineEnum('LinkType', {
  CertificateLink: [0x0101],
  PublicKeyLink: [0x0102],
  PrivateKeyLink: [0x0103],
  DerivationBaseObjectLink: [0x0104],
  DerivedKeyLink: [0x0105],
  ReplacementObjectLink: [0x0106],
  ReplacedObjectLink: [0x0107],
  ParentLink: [0x0108, '1.2'],
  ChildLink: [0x0109, '1.2'],
  PreviousLink: [0x010a, '1.2'],
  NextLink: [0x010b, '1.2'],
  PKCS_12CertificateLink: [0x010c, '1.4'],
  PKCS_12PasswordLink: [0x010d, '1.4'],
  WrappingKeyLink: [0x010e, '2.0'],
})
export type LinkType = ValueOf<typeof LinkType>
