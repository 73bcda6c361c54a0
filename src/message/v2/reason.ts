import type { FaultCode } from '../../fault/fault-code.ts'
import type { OperationName } from '../../spec/operation.ts'
import type { ReasonName } from '../reason-name.ts'

/** The Result Reason of KMIP 2.x for each fault (KMIP 2.1 section 11.46 and the error tables of section 6.1). */
export const REASONS = {
  MALFORMED_MESSAGE: ['InvalidMessage'],
  UNSUPPORTED_VERSION: ['UnsupportedProtocolVersion'],
  MISSING_FIELD: ['InvalidMessage'],
  REPEATED_FIELD: ['InvalidMessage'],
  UNKNOWN_FIELD: ['UnknownTag'],
  UNKNOWN_ENUMERATION: ['UnknownEnumeration'],
  UNKNOWN_EXTENSION: ['UnknownMessageExtension'],
  INVALID_FIELD: ['InvalidField'],
  INVALID_MESSAGE: ['InvalidMessage'],
  RESPONSE_TOO_LARGE: ['ResponseTooLarge'],
  BATCH_CANCELED: ['OperationCanceledByRequester'],
  UNKNOWN_REQUEST: ['InvalidAsynchronousCorrelationValue'],
  AUTHENTICATION_FAILED: ['AuthenticationNotSuccessful'],
  INVALID_TICKET: ['InvalidTicket'],
  TICKET_EXHAUSTED: ['UsageLimitExceeded'],
  ATTESTATION_FAILED: ['AttestationFailed'],
  NOT_PERMITTED: ['PermissionDenied'],
  APPROVAL_NEEDED: ['PermissionDenied'],
  UNSUPPORTED_OPERATION: ['OperationNotSupported'],
  UNSUPPORTED_FEATURE: ['FeatureNotSupported'],
  NOT_IN_VERSION: ['FeatureNotSupported'],
  ILLEGAL_OPERATION: ['PermissionDenied'],
  OBJECT_NOT_FOUND: ['ObjectNotFound'],
  OBJECT_ARCHIVED: ['ObjectArchived'],
  OBJECT_DESTROYED: ['ObjectDestroyed'],
  OBJECT_EXISTS: ['ObjectAlreadyExists'],
  WRONG_OBJECT_TYPE: ['InvalidObjectType'],
  WRONG_STATE: ['WrongKeyLifecycleState'],
  UNKNOWN_OBJECT_GROUP: ['UnknownObjectGroup', 'InvalidField'],
  CONSTRAINT_VIOLATED: ['ConstraintViolation', 'PermissionDenied'],
  STORAGE_UNAVAILABLE: ['ProtectionStorageUnavailable'],
  PRIVATE_STORAGE_UNAVAILABLE: ['PrivateProtectionStorageUnavailable'],
  PUBLIC_STORAGE_UNAVAILABLE: ['PublicProtectionStorageUnavailable'],
  KEY_FORMAT_UNSUPPORTED: ['KeyFormatTypeNotSupported'],
  KEY_COMPRESSION_UNSUPPORTED: ['KeyCompressionTypeNotSupported'],
  KEY_WRAP_TYPE_UNSUPPORTED: ['KeyWrapTypeNotSupported'],
  KEY_VALUE_NOT_PRESENT: ['KeyValueNotPresent'],
  ENCODING_OPTION_ERROR: ['EncodingOptionError'],
  SENSITIVE: ['Sensitive'],
  NOT_EXTRACTABLE: ['NotExtractable'],
  USAGE_EXHAUSTED: ['UsageLimitExceeded'],
  INCOMPATIBLE_USAGE: ['IncompatibleCryptographicUsageMask'],
  WRAPPING_OBJECT_NOT_FOUND: ['WrappingObjectNotFound'],
  WRAPPING_OBJECT_ARCHIVED: ['WrappingObjectArchived'],
  WRAPPING_OBJECT_DESTROYED: ['WrappingObjectDestroyed'],
  UNSUPPORTED_ATTRIBUTE: ['InvalidAttribute'],
  ATTRIBUTE_NOT_FOUND: ['AttributeNotFound'],
  ATTRIBUTE_INSTANCE_NOT_FOUND: ['AttributeInstanceNotFound'],
  ATTRIBUTE_EXISTS: ['AttributeSingleValued'],
  ATTRIBUTE_READ_ONLY: ['ReadOnlyAttribute'],
  ATTRIBUTE_SINGLE_VALUED: ['AttributeSingleValued'],
  ATTRIBUTE_MULTI_VALUED: ['MultiValuedAttribute'],
  ATTRIBUTE_INDEX_OUT_OF_BOUNDS: ['ServerLimitExceeded'],
  INVALID_ATTRIBUTE_VALUE: ['InvalidAttributeValue'],
  INVALID_DATA_TYPE: ['InvalidDataType'],
  NUMERIC_RANGE: ['NumericRange'],
  NAME_TAKEN: ['NonUniqueNameAttribute'],
  NAMESPACE_UNSUPPORTED: ['ApplicationNamespaceNotSupported'],
  CRYPTO_FAILED: ['CryptographicFailure'],
  PARAMETERS_NOT_OF_KEY: ['BadCryptographicParameters'],
  // The official cases CS-BC-M-GCM-1 and CS-BC-M-CHACHA20POLY1305-1 answer with this.
  INVALID_TAG_LENGTH: ['GeneralFailure'],
  STREAM_NOT_FOUND: ['InvalidCorrelationValue'],
  NOT_QUANTUM_SAFE: ['GeneralFailure'],
  INVALID_CSR: ['InvalidCSR'],
  BAD_PASSWORD: ['BadPassword'],
  UNSUPPORTED_CRYPTOGRAPHY: ['UnsupportedCryptographicParameters'],
  PKCS11_CODEC: ['PKCS_11CodecError'],
  PKCS11_FUNCTION: ['PKCS_11InvalidFunction'],
  PKCS11_INTERFACE: ['PKCS_11InvalidInterface'],
  CONFLICT: ['GeneralFailure'],
  SERVER_LIMIT: ['ServerLimitExceeded'],
  UNAVAILABLE: ['GeneralFailure'],
  INTERNAL: ['GeneralFailure'],
} as const satisfies Record<FaultCode, readonly [ReasonName, ...ReasonName[]]>

/** What the tables of Get and Export say of a wrapping key that is not to be used so. */
const OF_WRAPPING = {
  WRONG_STATE: 'PermissionDenied',
  USAGE_EXHAUSTED: 'PermissionDenied',
  UNSUPPORTED_CRYPTOGRAPHY: 'BadCryptographicParameters',
} as const
/** The tables of Re-key and Re-key Key Pair have one reason for whatever is wrong with an attribute. */
const REPLACING = {
  ATTRIBUTE_READ_ONLY: 'InvalidField',
  ATTRIBUTE_SINGLE_VALUED: 'InvalidField',
  ATTRIBUTE_INDEX_OUT_OF_BOUNDS: 'InvalidField',
  INVALID_ATTRIBUTE_VALUE: 'InvalidField',
  NAME_TAKEN: 'InvalidField',
  OBJECT_DESTROYED: 'KeyValueNotPresent',
  UNSUPPORTED_ATTRIBUTE: 'InvalidField',
  UNSUPPORTED_CRYPTOGRAPHY: 'InvalidField',
} as const satisfies Partial<Record<FaultCode, ReasonName>>

/**
 * Using keys: the tables have Wrong Key Lifecycle State and Usage Limit Exceeded; the text of Encrypt and Sign and the
 * official cases CS-BC-M-7, CS-BC-M-14 and CS-AC-M-8 say Permission Denied. Nothing says so of MAC and MAC Verify.
 */
const USES_OF_KEYS = {
  WRONG_STATE: 'PermissionDenied',
  // Destroyed is a state too, and their tables have no reason of its own for it.
  OBJECT_DESTROYED: 'PermissionDenied',
  USAGE_EXHAUSTED: 'PermissionDenied',
} as const

/** MAC and MAC Verify say nothing of destroyed keys, nor of parameters that are not supported. */
const OF_CODES = {
  OBJECT_DESTROYED: 'WrongKeyLifecycleState',
  UNSUPPORTED_CRYPTOGRAPHY: 'FeatureNotSupported',
} as const

/** Certify and Re-certify list few reasons, and these are the nearest among them. */
const OF_CERTIFICATION = {
  WRONG_STATE: 'PermissionDenied',
  OBJECT_DESTROYED: 'PermissionDenied',
  INVALID_ATTRIBUTE_VALUE: 'InvalidField',
  ATTRIBUTE_READ_ONLY: 'InvalidField',
  ATTRIBUTE_SINGLE_VALUED: 'InvalidField',
  ATTRIBUTE_INDEX_OUT_OF_BOUNDS: 'PermissionDenied',
  UNSUPPORTED_ATTRIBUTE: 'InvalidField',
  NAME_TAKEN: 'InvalidField',
} as const

/** Set Defaults and Set Constraints have one reason for whatever is wrong with an attribute. */
const OF_RULES = {
  ATTRIBUTE_READ_ONLY: 'InvalidField',
  ATTRIBUTE_SINGLE_VALUED: 'InvalidField',
  ATTRIBUTE_INDEX_OUT_OF_BOUNDS: 'InvalidField',
  UNSUPPORTED_ATTRIBUTE: 'InvalidField',
} as const

/** The tables of what changes attributes have no Object Destroyed, and in 2.1 the state of the object. */
const OF_ATTRIBUTES = { OBJECT_DESTROYED: 'WrongKeyLifecycleState' } as const

/** Where two reasons share a meaning and the operation's own error table names the other one. */
export const OVERRIDES: Partial<Record<OperationName, Partial<Record<FaultCode, ReasonName>>>> = {
  AddAttribute: { ...OF_ATTRIBUTES, INVALID_ATTRIBUTE_VALUE: 'InvalidField' },
  AdjustAttribute: {
    ...OF_ATTRIBUTES,
    OBJECT_NOT_FOUND: 'ItemNotFound',
    UNSUPPORTED_ATTRIBUTE: 'UnsupportedAttribute',
    INVALID_ATTRIBUTE_VALUE: 'InvalidField',
  },
  Archive: { OBJECT_DESTROYED: 'PermissionDenied' },
  Certify: { ...OF_CERTIFICATION, OBJECT_NOT_FOUND: 'ItemNotFound' },
  Check: { WRONG_OBJECT_TYPE: 'IllegalObjectType' },
  Create: {
    ATTRIBUTE_READ_ONLY: 'AttributeReadOnly',
    ATTRIBUTE_INDEX_OUT_OF_BOUNDS: 'ServerLimitExceeded',
    UNSUPPORTED_CRYPTOGRAPHY: 'InvalidAttributeValue',
  },
  CreateSplitKey: {
    OBJECT_NOT_FOUND: 'ItemNotFound',
    OBJECT_DESTROYED: 'PermissionDenied',
    ATTRIBUTE_READ_ONLY: 'InvalidAttribute',
    ATTRIBUTE_SINGLE_VALUED: 'InvalidAttributeValue',
    KEY_VALUE_NOT_PRESENT: 'CryptographicFailure',
  },
  CreateKeyPair: {
    ATTRIBUTE_READ_ONLY: 'AttributeReadOnly',
    UNSUPPORTED_CRYPTOGRAPHY: 'InvalidAttributeValue',
  },
  DeleteAttribute: { ...OF_ATTRIBUTES, ATTRIBUTE_READ_ONLY: 'AttributeReadOnly' },
  DeriveKey: {
    ATTRIBUTE_READ_ONLY: 'InvalidAttribute',
    ATTRIBUTE_SINGLE_VALUED: 'InvalidAttribute',
    ATTRIBUTE_INDEX_OUT_OF_BOUNDS: 'InvalidAttribute',
    INVALID_ATTRIBUTE_VALUE: 'InvalidField',
    KEY_FORMAT_UNSUPPORTED: 'InvalidField',
    OBJECT_DESTROYED: 'KeyValueNotPresent',
    SERVER_LIMIT: 'InvalidField',
  },
  // The tables have Wrong Key Lifecycle State too; the official cases AKLC-M-2 and AKLC-M-3 answer with this.
  Destroy: { WRONG_STATE: 'PermissionDenied' },
  GetUsageAllocation: { OBJECT_DESTROYED: 'PermissionDenied', WRONG_STATE: 'PermissionDenied' },
  Import: {
    ATTRIBUTE_READ_ONLY: 'AttributeReadOnly',
    INCOMPATIBLE_USAGE: 'PermissionDenied',
    KEY_WRAP_TYPE_UNSUPPORTED: 'InvalidField',
    PARAMETERS_NOT_OF_KEY: 'InvalidField',
    UNSUPPORTED_CRYPTOGRAPHY: 'InvalidField',
    WRAPPING_OBJECT_ARCHIVED: 'InvalidField',
    WRAPPING_OBJECT_DESTROYED: 'InvalidField',
    WRAPPING_OBJECT_NOT_FOUND: 'InvalidField',
    WRONG_OBJECT_TYPE: 'InvalidField',
    WRONG_STATE: 'PermissionDenied',
  },
  JoinSplitKey: { OBJECT_DESTROYED: 'PermissionDenied', ATTRIBUTE_READ_ONLY: 'AttributeReadOnly' },
  Locate: { INVALID_ATTRIBUTE_VALUE: 'InvalidField' },
  Export: { ...OF_WRAPPING, SENSITIVE: 'PermissionDenied', NOT_EXTRACTABLE: 'PermissionDenied' },
  Get: { OBJECT_DESTROYED: 'KeyValueNotPresent', ...OF_WRAPPING },
  ModifyAttribute: {
    ...OF_ATTRIBUTES,
    // A date that is past: the official case AKLC-M-3.
    WRONG_STATE: 'PermissionDenied',
    ATTRIBUTE_READ_ONLY: 'AttributeReadOnly',
    ATTRIBUTE_MULTI_VALUED: 'AttributeInstanceNotFound',
    INVALID_ATTRIBUTE_VALUE: 'InvalidField',
    UNSUPPORTED_ATTRIBUTE: 'InvalidField',
  },
  ReCertify: { ...OF_CERTIFICATION, ILLEGAL_OPERATION: 'InvalidMessage' },
  // Their tables have no Invalid Field.
  Ping: { INVALID_FIELD: 'InvalidMessage' },
  QueryAsynchronousRequests: { INVALID_FIELD: 'InvalidMessage' },
  Recover: { OBJECT_DESTROYED: 'PermissionDenied' },
  ReKey: REPLACING,
  ReKeyKeyPair: REPLACING,
  Register: {
    ATTRIBUTE_READ_ONLY: 'AttributeReadOnly',
    UNSUPPORTED_CRYPTOGRAPHY: 'InvalidField',
    // A container's password that is not Active (section 11.46, Bad Password).
    OBJECT_DESTROYED: 'BadPassword',
    WRONG_STATE: 'BadPassword',
  },
  // Nothing in their tables is nearer to a hash that the server does not have.
  Hash: { UNSUPPORTED_CRYPTOGRAPHY: 'FeatureNotSupported' },
  MAC: OF_CODES,
  MACVerify: OF_CODES,
  Encrypt: USES_OF_KEYS,
  Decrypt: USES_OF_KEYS,
  Sign: USES_OF_KEYS,
  SignatureVerify: USES_OF_KEYS,
  Validate: { OBJECT_DESTROYED: 'PermissionDenied' },
  ReProvision: { INVALID_CSR: 'InvalidField' },
  SetConstraints: OF_RULES,
  SetDefaults: OF_RULES,
  SetAttribute: {
    ...OF_ATTRIBUTES,
    ATTRIBUTE_EXISTS: 'MultiValuedAttribute',
    UNSUPPORTED_ATTRIBUTE: 'InvalidField',
  },
}
