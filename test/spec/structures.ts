import type { Fields, StructCodec } from '../../src/schema/struct.ts'
import { AlternativeNameStruct } from '../../src/spec/structure/alternative-name.ts'
import { ApplicationSpecificInformationStruct } from '../../src/spec/structure/application-specific-information.ts'
import {
  AsynchronousCorrelationValuesStruct,
  AsynchronousRequestStruct,
} from '../../src/spec/structure/asynchronous-request.ts'
import { CapabilityInformationStruct } from '../../src/spec/structure/capability-information.ts'
import {
  CertificateIdentifierStruct,
  CertificateIssuerStruct,
  CertificateSubjectStruct,
} from '../../src/spec/structure/certificate-name.ts'
import {
  ConstraintStruct,
  ConstraintsStruct,
  ObjectGroupsStruct,
  ObjectTypesStruct,
} from '../../src/spec/structure/constraint.ts'
import {
  AttestationCredentialStruct,
  DeviceCredentialStruct,
  HashedPasswordCredentialStruct,
  OneTimePasswordCredentialStruct,
  TicketCredentialStruct,
  UsernameAndPasswordCredentialStruct,
} from '../../src/spec/structure/credential.ts'
import { CryptographicDomainParametersStruct } from '../../src/spec/structure/cryptographic-domain-parameters.ts'
import { CryptographicParametersStruct } from '../../src/spec/structure/cryptographic-parameters.ts'
import {
  DefaultsInformationStruct,
  ObjectDefaultsStruct,
} from '../../src/spec/structure/defaults-information.ts'
import { DerivationParametersStruct } from '../../src/spec/structure/derivation-parameters.ts'
import { DigestStruct } from '../../src/spec/structure/digest.ts'
import { ExtensionInformationStruct } from '../../src/spec/structure/extension-information.ts'
import { KeyValueLocationStruct } from '../../src/spec/structure/key-value-location.ts'
import {
  EncryptionKeyInformationStruct,
  KeyWrappingDataStruct,
  MACSignatureKeyInformationStruct,
} from '../../src/spec/structure/key-wrapping-data.ts'
import { KeyWrappingSpecificationStruct } from '../../src/spec/structure/key-wrapping-specification.ts'
import { LinkStruct } from '../../src/spec/structure/link.ts'
import { NameStruct } from '../../src/spec/structure/name.ts'
import { NonceStruct } from '../../src/spec/structure/nonce.ts'
import {
  ProfileInformationStruct,
  ProfileVersionStruct,
} from '../../src/spec/structure/profile-information.ts'
import { ProtectionStorageMasksStruct } from '../../src/spec/structure/protection-storage-masks.ts'
import { RevocationReasonStruct } from '../../src/spec/structure/revocation-reason.ts'
import {
  ObjectsStruct,
  OperationsStruct,
  RightStruct,
  RightsStruct,
} from '../../src/spec/structure/right.ts'
import { RNGParametersStruct } from '../../src/spec/structure/rng-parameters.ts'
import { RotateNameStruct } from '../../src/spec/structure/rotate-name.ts'
import { ServerInformationStruct } from '../../src/spec/structure/server-information.ts'
import { TicketStruct } from '../../src/spec/structure/ticket.ts'
import {
  TransparentDHPrivateKeyStruct,
  TransparentDHPublicKeyStruct,
  TransparentDSAPrivateKeyStruct,
  TransparentDSAPublicKeyStruct,
  TransparentECPrivateKeyStruct,
  TransparentECPublicKeyStruct,
  TransparentRSAPrivateKeyStruct,
  TransparentRSAPublicKeyStruct,
  TransparentSymmetricKeyStruct,
} from '../../src/spec/structure/transparent-key.ts'
import { UsageLimitsStruct } from '../../src/spec/structure/usage-limits.ts'
import { ValidationInformationStruct } from '../../src/spec/structure/validation-information.ts'
import {
  X509CertificateIdentifierStruct,
  X509CertificateIssuerStruct,
  X509CertificateSubjectStruct,
} from '../../src/spec/structure/x509-certificate.ts'

/** Every structure of src/spec by the name that the standard gives it; Vendor Attribute is Attribute in 2.x alone. */
export const structures: Readonly<Record<string, StructCodec<Fields>>> = {
  'Alternative Name': AlternativeNameStruct,
  'Application Specific Information': ApplicationSpecificInformationStruct,
  'Asynchronous Correlation Values': AsynchronousCorrelationValuesStruct,
  'Asynchronous Request': AsynchronousRequestStruct,
  'Capability Information': CapabilityInformationStruct,
  'Certificate Identifier': CertificateIdentifierStruct,
  'Certificate Subject': CertificateSubjectStruct,
  'Certificate Issuer': CertificateIssuerStruct,
  'Object Groups': ObjectGroupsStruct,
  'Object Types': ObjectTypesStruct,
  Constraint: ConstraintStruct,
  Constraints: ConstraintsStruct,
  'Username and Password Credential': UsernameAndPasswordCredentialStruct,
  'Device Credential': DeviceCredentialStruct,
  'Attestation Credential': AttestationCredentialStruct,
  'One Time Password Credential': OneTimePasswordCredentialStruct,
  'Hashed Password Credential': HashedPasswordCredentialStruct,
  'Ticket Credential': TicketCredentialStruct,
  'Cryptographic Domain Parameters': CryptographicDomainParametersStruct,
  'Cryptographic Parameters': CryptographicParametersStruct,
  'Object Defaults': ObjectDefaultsStruct,
  'Defaults Information': DefaultsInformationStruct,
  'Derivation Parameters': DerivationParametersStruct,
  Digest: DigestStruct,
  'Extension Information': ExtensionInformationStruct,
  'Key Value Location': KeyValueLocationStruct,
  'Encryption Key Information': EncryptionKeyInformationStruct,
  'MAC/Signature Key Information': MACSignatureKeyInformationStruct,
  'Key Wrapping Data': KeyWrappingDataStruct,
  'Key Wrapping Specification': KeyWrappingSpecificationStruct,
  Link: LinkStruct,
  Name: NameStruct,
  Nonce: NonceStruct,
  'Profile Version': ProfileVersionStruct,
  'Profile Information': ProfileInformationStruct,
  'Protection Storage Masks': ProtectionStorageMasksStruct,
  'Revocation Reason': RevocationReasonStruct,
  Objects: ObjectsStruct,
  Operations: OperationsStruct,
  Right: RightStruct,
  Rights: RightsStruct,
  'RNG Parameters': RNGParametersStruct,
  'Rotate Name': RotateNameStruct,
  'Server Information': ServerInformationStruct,
  Ticket: TicketStruct,
  'Transparent Symmetric Key': TransparentSymmetricKeyStruct,
  'Transparent DSA Private Key': TransparentDSAPrivateKeyStruct,
  'Transparent DSA Public Key': TransparentDSAPublicKeyStruct,
  'Transparent RSA Private Key': TransparentRSAPrivateKeyStruct,
  'Transparent RSA Public Key': TransparentRSAPublicKeyStruct,
  'Transparent DH Private Key': TransparentDHPrivateKeyStruct,
  'Transparent DH Public Key': TransparentDHPublicKeyStruct,
  'Transparent EC Private Key': TransparentECPrivateKeyStruct,
  'Transparent EC Public Key': TransparentECPublicKeyStruct,
  'Usage Limits': UsageLimitsStruct,
  'Validation Information': ValidationInformationStruct,
  'X.509 Certificate Identifier': X509CertificateIdentifierStruct,
  'X.509 Certificate Subject': X509CertificateSubjectStruct,
  'X.509 Certificate Issuer': X509CertificateIssuerStruct,
  'Transparent ECDSA Private Key': TransparentECPrivateKeyStruct,
  'Transparent ECDSA Public Key': TransparentECPublicKeyStruct,
  'Transparent ECDH Private Key': TransparentECPrivateKeyStruct,
  'Transparent ECDH Public Key': TransparentECPublicKeyStruct,
  'Transparent ECMQV Private Key': TransparentECPrivateKeyStruct,
  'Transparent ECMQV Public Key': TransparentECPublicKeyStruct,
}
