import { AdjustmentType } from './adjustment-type.ts'
import { AlternativeNameType } from './alternative-name-type.ts'
import { AsynchronousIndicator } from './asynchronous-indicator.ts'
import { AttestationType } from './attestation-type.ts'
import { BatchErrorContinuationOption } from './batch-error-continuation-option.ts'
import { BlockCipherMode } from './block-cipher-mode.ts'
import { CancellationResult } from './cancellation-result.ts'
import { CertificateRequestType } from './certificate-request-type.ts'
import { CertificateType } from './certificate-type.ts'
import { ClientRegistrationMethod } from './client-registration-method.ts'
import { CredentialType } from './credential-type.ts'
import { CryptographicAlgorithm } from './cryptographic-algorithm.ts'
import { Data } from './data.ts'
import { DerivationMethod } from './derivation-method.ts'
import { DestroyAction } from './destroy-action.ts'
import { DigitalSignatureAlgorithm } from './digital-signature-algorithm.ts'
import { DRBGAlgorithm } from './drbg-algorithm.ts'
import { EncodingOption } from './encoding-option.ts'
import { EndpointRole } from './endpoint-role.ts'
import { FIPS186Variation } from './fips186-variation.ts'
import { HashingAlgorithm } from './hashing-algorithm.ts'
import { InteropFunction } from './interop-function.ts'
import { ItemType } from './item-type.ts'
import { KeyCompressionType } from './key-compression-type.ts'
import { KeyFormatType } from './key-format-type.ts'
import { KeyRoleType } from './key-role-type.ts'
import { KeyValueLocationType } from './key-value-location-type.ts'
import { KeyWrapType } from './key-wrap-type.ts'
import { LinkType } from './link-type.ts'
import { MaskGenerator } from './mask-generator.ts'
import { NameType } from './name-type.ts'
import { NISTKeyType } from './nist-key-type.ts'
import { ObjectGroupMember } from './object-group-member.ts'
import { ObjectType } from './object-type.ts'
import { OpaqueDataType } from './opaque-data-type.ts'
import { Operation } from './operation.ts'
import { PaddingMethod } from './padding-method.ts'
import { PKCS_11Function } from './pkcs-11-function.ts'
import { PKCS_11ReturnCode } from './pkcs-11-return-code.ts'
import { ProcessingStage } from './processing-stage.ts'
import { ProfileName } from './profile-name.ts'
import { ProtectionLevel } from './protection-level.ts'
import { PutFunction } from './put-function.ts'
import { QueryFunction } from './query-function.ts'
import { RecommendedCurve } from './recommended-curve.ts'
import { ResultReason } from './result-reason.ts'
import { ResultStatus } from './result-status.ts'
import { RevocationReasonCode } from './revocation-reason-code.ts'
import { RNGAlgorithm } from './rng-algorithm.ts'
import { RNGMode } from './rng-mode.ts'
import { RotateNameType } from './rotate-name-type.ts'
import { SecretDataType } from './secret-data-type.ts'
import { ShreddingAlgorithm } from './shredding-algorithm.ts'
import { SplitKeyMethod } from './split-key-method.ts'
import { State } from './state.ts'
import { TicketType } from './ticket-type.ts'
import { UniqueIdentifier } from './unique-identifier.ts'
import { UnwrapMode } from './unwrap-mode.ts'
import { UsageLimitsUnit } from './usage-limits-unit.ts'
import { ValidationAuthorityType } from './validation-authority-type.ts'
import { ValidationType } from './validation-type.ts'
import { ValidityIndicator } from './validity-indicator.ts'
import { WrappingMethod } from './wrapping-method.ts'

export { AdjustmentType } from './adjustment-type.ts'
export { AlternativeNameType } from './alternative-name-type.ts'
export { AsynchronousIndicator } from './asynchronous-indicator.ts'
export { AttestationType } from './attestation-type.ts'
export { BatchErrorContinuationOption } from './batch-error-continuation-option.ts'
export { BlockCipherMode } from './block-cipher-mode.ts'
export { CancellationResult } from './cancellation-result.ts'
export { CertificateRequestType } from './certificate-request-type.ts'
export { CertificateType } from './certificate-type.ts'
export { ClientRegistrationMethod } from './client-registration-method.ts'
export { CredentialType } from './credential-type.ts'
export { CryptographicAlgorithm } from './cryptographic-algorithm.ts'
export { Data } from './data.ts'
export { DerivationMethod } from './derivation-method.ts'
export { DestroyAction } from './destroy-action.ts'
export { DigitalSignatureAlgorithm } from './digital-signature-algorithm.ts'
export { DRBGAlgorithm } from './drbg-algorithm.ts'
export { EncodingOption } from './encoding-option.ts'
export { EndpointRole } from './endpoint-role.ts'
export { FIPS186Variation } from './fips186-variation.ts'
export { HashingAlgorithm } from './hashing-algorithm.ts'
export { InteropFunction } from './interop-function.ts'
export { ItemType } from './item-type.ts'
export { KeyCompressionType } from './key-compression-type.ts'
export { KeyFormatType } from './key-format-type.ts'
export { KeyRoleType } from './key-role-type.ts'
export { KeyValueLocationType } from './key-value-location-type.ts'
export { KeyWrapType } from './key-wrap-type.ts'
export { LinkType } from './link-type.ts'
export { MaskGenerator } from './mask-generator.ts'
export { NameType } from './name-type.ts'
export { NISTKeyType } from './nist-key-type.ts'
export { ObjectGroupMember } from './object-group-member.ts'
export { ObjectType } from './object-type.ts'
export { OpaqueDataType } from './opaque-data-type.ts'
export { Operation } from './operation.ts'
export { PaddingMethod } from './padding-method.ts'
export { PKCS_11Function } from './pkcs-11-function.ts'
export { PKCS_11ReturnCode } from './pkcs-11-return-code.ts'
export { ProcessingStage } from './processing-stage.ts'
export { ProfileName } from './profile-name.ts'
export { ProtectionLevel } from './protection-level.ts'
export { PutFunction } from './put-function.ts'
export { QueryFunction } from './query-function.ts'
export { RecommendedCurve } from './recommended-curve.ts'
export { ResultReason } from './result-reason.ts'
export { ResultStatus } from './result-status.ts'
export { RevocationReasonCode } from './revocation-reason-code.ts'
export { RNGAlgorithm } from './rng-algorithm.ts'
export { RNGMode } from './rng-mode.ts'
export { RotateNameType } from './rotate-name-type.ts'
export { SecretDataType } from './secret-data-type.ts'
export { ShreddingAlgorithm } from './shredding-algorithm.ts'
export { SplitKeyMethod } from './split-key-method.ts'
export { State } from './state.ts'
export { TicketType } from './ticket-type.ts'
export { UniqueIdentifier } from './unique-identifier.ts'
export { UnwrapMode } from './unwrap-mode.ts'
export { UsageLimitsUnit } from './usage-limits-unit.ts'
export { ValidationAuthorityType } from './validation-authority-type.ts'
export { ValidationType } from './validation-type.ts'
export { ValidityIndicator } from './validity-indicator.ts'
export { WrappingMethod } from './wrapping-method.ts'

/** Every enumeration of the standard by its name. */
export const ENUMERATIONS = Object.freeze({
  AdjustmentType,
  AlternativeNameType,
  AsynchronousIndicator,
  AttestationType,
  BatchErrorContinuationOption,
  BlockCipherMode,
  CancellationResult,
  CertificateRequestType,
  CertificateType,
  ClientRegistrationMethod,
  CredentialType,
  CryptographicAlgorithm,
  Data,
  DerivationMethod,
  DestroyAction,
  DigitalSignatureAlgorithm,
  DRBGAlgorithm,
  EncodingOption,
  EndpointRole,
  FIPS186Variation,
  HashingAlgorithm,
  InteropFunction,
  ItemType,
  KeyCompressionType,
  KeyFormatType,
  KeyRoleType,
  KeyValueLocationType,
  KeyWrapType,
  LinkType,
  MaskGenerator,
  NameType,
  NISTKeyType,
  ObjectGroupMember,
  ObjectType,
  OpaqueDataType,
  Operation,
  PaddingMethod,
  PKCS_11Function,
  PKCS_11ReturnCode,
  ProcessingStage,
  ProfileName,
  ProtectionLevel,
  PutFunction,
  QueryFunction,
  RecommendedCurve,
  ResultReason,
  ResultStatus,
  RevocationReasonCode,
  RNGAlgorithm,
  RNGMode,
  RotateNameType,
  SecretDataType,
  ShreddingAlgorithm,
  SplitKeyMethod,
  State,
  TicketType,
  UniqueIdentifier,
  UnwrapMode,
  UsageLimitsUnit,
  ValidationAuthorityType,
  ValidationType,
  ValidityIndicator,
  WrappingMethod,
})
