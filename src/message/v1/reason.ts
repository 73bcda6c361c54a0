import type { FaultCode } from '../../fault/fault-code.ts'
import type { OperationName } from '../../spec/operation.ts'
import type { ReasonName } from '../reason-name.ts'

/**
 * The Result Reason of KMIP 1.x for each fault: the first that the version has (KMIP 1.4 section 11; reasons that came
 * with a later version are followed by the one that older versions give).
 */
export const REASONS = {
  MALFORMED_MESSAGE: ['InvalidMessage'],
  UNSUPPORTED_VERSION: ['InvalidMessage'],
  MISSING_FIELD: ['InvalidMessage'],
  REPEATED_FIELD: ['InvalidMessage'],
  UNKNOWN_FIELD: ['InvalidField'],
  UNKNOWN_ENUMERATION: ['InvalidField'],
  UNKNOWN_EXTENSION: ['FeatureNotSupported'],
  INVALID_FIELD: ['InvalidField'],
  INVALID_MESSAGE: ['InvalidMessage'],
  RESPONSE_TOO_LARGE: ['ResponseTooLarge'],
  BATCH_CANCELED: ['OperationCanceledByRequester'],
  UNKNOWN_REQUEST: ['ItemNotFound'],
  AUTHENTICATION_FAILED: ['AuthenticationNotSuccessful'],
  INVALID_TICKET: ['AuthenticationNotSuccessful'],
  TICKET_EXHAUSTED: ['PermissionDenied'],
  ATTESTATION_FAILED: ['AttestationFailed', 'PermissionDenied'],
  NOT_PERMITTED: ['PermissionDenied'],
  UNSUPPORTED_OPERATION: ['OperationNotSupported'],
  UNSUPPORTED_FEATURE: ['FeatureNotSupported'],
  NOT_IN_VERSION: ['FeatureNotSupported'],
  ILLEGAL_OPERATION: ['IllegalOperation'],
  OBJECT_NOT_FOUND: ['ItemNotFound'],
  OBJECT_ARCHIVED: ['ObjectArchived'],
  OBJECT_DESTROYED: ['PermissionDenied'],
  OBJECT_EXISTS: ['ObjectAlreadyExists', 'IllegalOperation'],
  WRONG_OBJECT_TYPE: ['IllegalOperation'],
  WRONG_STATE: ['PermissionDenied'],
  UNKNOWN_OBJECT_GROUP: ['InvalidField'],
  CONSTRAINT_VIOLATED: ['PermissionDenied'],
  STORAGE_UNAVAILABLE: ['FeatureNotSupported'],
  PRIVATE_STORAGE_UNAVAILABLE: ['FeatureNotSupported'],
  PUBLIC_STORAGE_UNAVAILABLE: ['FeatureNotSupported'],
  KEY_FORMAT_UNSUPPORTED: ['KeyFormatTypeNotSupported'],
  KEY_COMPRESSION_UNSUPPORTED: ['KeyCompressionTypeNotSupported'],
  KEY_WRAP_TYPE_UNSUPPORTED: ['FeatureNotSupported'],
  KEY_VALUE_NOT_PRESENT: ['KeyValueNotPresent', 'IllegalOperation'],
  ENCODING_OPTION_ERROR: ['EncodingOptionError', 'InvalidField'],
  SENSITIVE: ['Sensitive', 'PermissionDenied'],
  NOT_EXTRACTABLE: ['NotExtractable', 'PermissionDenied'],
  USAGE_EXHAUSTED: ['PermissionDenied'],
  INCOMPATIBLE_USAGE: ['PermissionDenied'],
  WRAPPING_OBJECT_NOT_FOUND: ['ItemNotFound'],
  WRAPPING_OBJECT_ARCHIVED: ['ObjectArchived'],
  WRAPPING_OBJECT_DESTROYED: ['PermissionDenied'],
  UNSUPPORTED_ATTRIBUTE: ['InvalidField'],
  ATTRIBUTE_NOT_FOUND: ['ItemNotFound'],
  ATTRIBUTE_INSTANCE_NOT_FOUND: ['ItemNotFound'],
  ATTRIBUTE_EXISTS: ['IllegalOperation'],
  ATTRIBUTE_READ_ONLY: ['PermissionDenied'],
  ATTRIBUTE_SINGLE_VALUED: ['InvalidField'],
  ATTRIBUTE_MULTI_VALUED: ['InvalidField'],
  ATTRIBUTE_INDEX_OUT_OF_BOUNDS: ['IndexOutOfBounds'],
  INVALID_ATTRIBUTE_VALUE: ['InvalidField'],
  INVALID_DATA_TYPE: ['InvalidField'],
  NUMERIC_RANGE: ['InvalidField'],
  NAME_TAKEN: ['InvalidField'],
  NAMESPACE_UNSUPPORTED: ['ApplicationNamespaceNotSupported'],
  CRYPTO_FAILED: ['CryptographicFailure'],
  PARAMETERS_NOT_OF_KEY: ['ItemNotFound'],
  // The official cases CS-BC-M-GCM-1 and CS-BC-M-CHACHA20POLY1305-1 answer with this.
  INVALID_TAG_LENGTH: ['GeneralFailure'],
  STREAM_NOT_FOUND: ['ItemNotFound'],
  NOT_QUANTUM_SAFE: ['GeneralFailure'],
  INVALID_CSR: ['InvalidField'],
  BAD_PASSWORD: ['InvalidField'],
  UNSUPPORTED_CRYPTOGRAPHY: ['InvalidField'],
  CONFLICT: ['GeneralFailure'],
  SERVER_LIMIT: ['GeneralFailure'],
  UNAVAILABLE: ['GeneralFailure'],
  INTERNAL: ['GeneralFailure'],
} as const satisfies Record<FaultCode, readonly [ReasonName, ...ReasonName[]]>

/** "Object specified is not able to be used" for it (KMIP 1.4 sections 11.30 to 11.35). */
const USES_OF_KEYS = {
  WRONG_OBJECT_TYPE: 'PermissionDenied',
  PARAMETERS_NOT_OF_KEY: 'InvalidField',
} as const

/** Where the table of one operation in KMIP 1.4 section 11 names another reason than the others'. */
export const OVERRIDES: Partial<Record<OperationName, Partial<Record<FaultCode, ReasonName>>>> = {
  AddAttribute: {
    NAME_TAKEN: 'IllegalOperation',
    UNSUPPORTED_ATTRIBUTE: 'PermissionDenied',
  },
  ModifyAttribute: {
    NAME_TAKEN: 'IllegalOperation',
    ATTRIBUTE_NOT_FOUND: 'InvalidField',
  },
  GetUsageAllocation: { ATTRIBUTE_NOT_FOUND: 'IllegalOperation' },
  Get: { OBJECT_DESTROYED: 'IllegalOperation' },
  // Their tables have no reason for what may not leave at all, nor for the wrapping key of Import.
  Export: { SENSITIVE: 'PermissionDenied', NOT_EXTRACTABLE: 'PermissionDenied' },
  Import: {
    WRONG_OBJECT_TYPE: 'InvalidField',
    WRAPPING_OBJECT_NOT_FOUND: 'InvalidField',
    PARAMETERS_NOT_OF_KEY: 'InvalidField',
  },
  Create: { WRONG_OBJECT_TYPE: 'InvalidField' },
  CreateSplitKey: {
    WRONG_OBJECT_TYPE: 'InvalidField',
    SERVER_LIMIT: 'InvalidField',
    KEY_VALUE_NOT_PRESENT: 'CryptographicFailure',
  },
  JoinSplitKey: { WRONG_OBJECT_TYPE: 'InvalidField', SERVER_LIMIT: 'InvalidField' },
  // Whatever is wrong with an object or a parameter has one reason in its table.
  DeriveKey: {
    WRONG_OBJECT_TYPE: 'InvalidField',
    WRONG_STATE: 'InvalidField',
    INCOMPATIBLE_USAGE: 'InvalidField',
    OBJECT_DESTROYED: 'InvalidField',
    PARAMETERS_NOT_OF_KEY: 'InvalidField',
    KEY_FORMAT_UNSUPPORTED: 'InvalidField',
    SERVER_LIMIT: 'InvalidField',
  },
  ReKey: { WRONG_OBJECT_TYPE: 'PermissionDenied' },
  ReKeyKeyPair: { WRONG_OBJECT_TYPE: 'PermissionDenied' },
  Register: { WRONG_OBJECT_TYPE: 'InvalidField' },
  Certify: {
    WRONG_OBJECT_TYPE: 'PermissionDenied',
    ATTRIBUTE_INDEX_OUT_OF_BOUNDS: 'PermissionDenied',
  },
  ReCertify: {
    WRONG_OBJECT_TYPE: 'PermissionDenied',
    ATTRIBUTE_INDEX_OUT_OF_BOUNDS: 'PermissionDenied',
    ILLEGAL_OPERATION: 'InvalidMessage',
  },
  Validate: { WRONG_OBJECT_TYPE: 'InvalidMessage', OBJECT_NOT_FOUND: 'InvalidMessage' },
  Encrypt: USES_OF_KEYS,
  Decrypt: USES_OF_KEYS,
  Sign: USES_OF_KEYS,
  SignatureVerify: USES_OF_KEYS,
  MAC: USES_OF_KEYS,
  MACVerify: USES_OF_KEYS,
}
