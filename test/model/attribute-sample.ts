import type { AttributeEntry } from '../../src/model/attribute-set.ts'
import {
  Attribute,
  ATTRIBUTE_ROWS,
  type AttributeName,
  type AttributeValue,
} from '../../src/spec/attribute.ts'
import { AlternativeNameType } from '../../src/spec/enum/alternative-name-type.ts'
import { BlockCipherMode } from '../../src/spec/enum/block-cipher-mode.ts'
import { CertificateType } from '../../src/spec/enum/certificate-type.ts'
import { CryptographicAlgorithm } from '../../src/spec/enum/cryptographic-algorithm.ts'
import { DigitalSignatureAlgorithm } from '../../src/spec/enum/digital-signature-algorithm.ts'
import { DRBGAlgorithm } from '../../src/spec/enum/drbg-algorithm.ts'
import { HashingAlgorithm } from '../../src/spec/enum/hashing-algorithm.ts'
import { KeyFormatType } from '../../src/spec/enum/key-format-type.ts'
import { KeyValueLocationType } from '../../src/spec/enum/key-value-location-type.ts'
import { LinkType } from '../../src/spec/enum/link-type.ts'
import { NameType } from '../../src/spec/enum/name-type.ts'
import { NISTKeyType } from '../../src/spec/enum/nist-key-type.ts'
import { ObjectType } from '../../src/spec/enum/object-type.ts'
import { ProtectionLevel } from '../../src/spec/enum/protection-level.ts'
import { RecommendedCurve } from '../../src/spec/enum/recommended-curve.ts'
import { RevocationReasonCode } from '../../src/spec/enum/revocation-reason-code.ts'
import { RNGAlgorithm } from '../../src/spec/enum/rng-algorithm.ts'
import { RotateNameType } from '../../src/spec/enum/rotate-name-type.ts'
import { State } from '../../src/spec/enum/state.ts'
import { UsageLimitsUnit } from '../../src/spec/enum/usage-limits-unit.ts'

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values)

/** A date far ahead of every test's clock, so that nothing comes of it. */
const LATER = 4_000_000_000

const NAME_PARTS = {
  CertificateSubjectCN: 'cn',
  CertificateSubjectO: 'o',
  CertificateSubjectOU: 'ou',
  CertificateSubjectEmail: 'a@example.org',
  CertificateSubjectC: 'NL',
  CertificateSubjectST: 'st',
  CertificateSubjectL: 'l',
  CertificateSubjectUID: 'uid',
  CertificateSubjectSerialNumber: '1',
  CertificateSubjectTitle: 'title',
  CertificateSubjectDC: 'dc',
  CertificateSubjectDNQualifier: 'q',
  CertificateIssuerCN: 'cn',
  CertificateIssuerO: 'o',
  CertificateIssuerOU: 'ou',
  CertificateIssuerEmail: 'b@example.org',
  CertificateIssuerC: 'NL',
  CertificateIssuerST: 'st',
  CertificateIssuerL: 'l',
  CertificateIssuerUID: 'uid',
  CertificateIssuerSerialNumber: '2',
  CertificateIssuerTitle: 'title',
  CertificateIssuerDC: 'dc',
  CertificateIssuerDNQualifier: 'q',
}

/** A value of every attribute, of the type that its row says; every enumeration member in it is one of KMIP 1.0. */
export const SAMPLE: { readonly [N in AttributeName]: AttributeValue<N> } = {
  ...NAME_PARTS,
  UniqueIdentifier: 'key-1',
  ShortUniqueIdentifier: bytes(1, 2, 3, 4),
  Name: { nameValue: 'payroll', nameType: NameType.UninterpretedTextString },
  AlternativeName: {
    alternativeNameValue: 'urn:payroll',
    alternativeNameType: AlternativeNameType.URI,
  },
  ObjectType: ObjectType.SymmetricKey,
  ObjectGroup: 'group-1',
  Fresh: true,
  Link: { linkType: LinkType.PublicKeyLink, linkedObjectIdentifier: 'key-2' },
  ApplicationSpecificInformation: { applicationNamespace: 'ssl', applicationData: 'example.org' },
  ContactInformation: 'the office',
  Description: 'a key',
  Comment: 'of no use',
  PKCS_12FriendlyName: 'friend',
  OperationPolicyName: 'default',
  CryptographicAlgorithm: CryptographicAlgorithm.AES,
  CryptographicLength: 128,
  CryptographicParameters: {
    blockCipherMode: BlockCipherMode.CBC,
    hashingAlgorithm: HashingAlgorithm.SHA_256,
  },
  CryptographicDomainParameters: { qlength: 256, recommendedCurve: RecommendedCurve.P_256 },
  CryptographicUsageMask: 12,
  KeyFormatType: KeyFormatType.Raw,
  NISTKeyType: NISTKeyType.SymmetricDataEncryptionKey,
  // The standard has no members: an extension.
  OpaqueDataType: 0x8000_0001 as AttributeValue<'OpaqueDataType'>,
  Digest: {
    hashingAlgorithm: HashingAlgorithm.SHA_256,
    digestValue: bytes(9, 9),
    keyFormatType: KeyFormatType.Raw,
  },
  RandomNumberGenerator: {
    rngAlgorithm: RNGAlgorithm.DRBG,
    cryptographicAlgorithm: CryptographicAlgorithm.AES,
    cryptographicLength: 256,
    drbgAlgorithm: DRBGAlgorithm.CTR,
    predictionResistance: false,
  },
  KeyValuePresent: false,
  KeyValueLocation: {
    keyValueLocationValue: 'drawer 7',
    keyValueLocationType: KeyValueLocationType.UninterpretedTextString,
  },
  QuantumSafe: false,
  UsageLimits: {
    usageLimitsTotal: 1_000n,
    usageLimitsCount: 1_000n,
    usageLimitsUnit: UsageLimitsUnit.Byte,
  },
  LeaseTime: 3_600,
  State: State.PreActive,
  InitialDate: 1_600_000_000,
  ActivationDate: LATER,
  ProcessStartDate: LATER,
  ProtectStopDate: LATER,
  DeactivationDate: LATER,
  DestroyDate: 1_600_000_001,
  CompromiseOccurrenceDate: 1_600_000_002,
  CompromiseDate: 1_600_000_003,
  RevocationReason: {
    revocationReasonCode: RevocationReasonCode.Superseded,
    revocationMessage: 'by another',
  },
  ArchiveDate: 1_600_000_004,
  LastChangeDate: 1_600_000_005,
  OriginalCreationDate: 1_600_000_006,
  Sensitive: false,
  AlwaysSensitive: false,
  Extractable: true,
  NeverExtractable: false,
  ProtectionLevel: ProtectionLevel.High,
  ProtectionPeriod: 86_400,
  ProtectionStorageMask: 1,
  CertificateType: CertificateType.X_509,
  CertificateLength: 4,
  X_509CertificateIdentifier: {
    issuerDistinguishedName: bytes(0x30, 0),
    certificateSerialNumber: bytes(1),
  },
  X_509CertificateSubject: {
    subjectDistinguishedName: bytes(0x30, 0),
    subjectAlternativeName: [bytes(1), bytes(2)],
  },
  X_509CertificateIssuer: {
    issuerDistinguishedName: bytes(0x30, 0),
    issuerAlternativeName: [],
  },
  CertificateIdentifier: { issuer: 'CN=ca', serialNumber: '01' },
  CertificateSubject: {
    certificateSubjectDistinguishedName: 'CN=a',
    certificateSubjectAlternativeName: ['b', 'c'],
  },
  CertificateIssuer: {
    certificateIssuerDistinguishedName: 'CN=ca',
    certificateIssuerAlternativeName: [],
  },
  DigitalSignatureAlgorithm: DigitalSignatureAlgorithm.SHA_256WithRSAEncryption,
  RotateName: {
    rotateNameValue: 'next',
    rotateNameType: RotateNameType.UninterpretedTextString,
  },
  RotateAutomatic: true,
  RotateInterval: 60,
  RotateOffset: 5,
  RotateDate: 1_600_000_007,
  RotateGeneration: 2,
  RotateLatest: true,
}

/** The names of every attribute of the standard. */
export const NAMES: readonly AttributeName[] = ATTRIBUTE_ROWS.map(({ name }) => name)

/** The sample of an attribute as an entry. */
export function sampleOf(name: AttributeName): AttributeEntry {
  return { reference: { name }, value: SAMPLE[name] }
}

/** The first Object Type an attribute applies to. */
export function typeFor(name: AttributeName) {
  const { appliesTo } = Attribute[name]
  if (appliesTo.includes('SymmetricKey')) return 'SymmetricKey'
  return appliesTo[0] ?? 'SymmetricKey'
}
