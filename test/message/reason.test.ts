import { describe, expect, test } from 'vitest'
import type { FaultCode } from '../../src/fault/fault-code.ts'
import { reasonOf } from '../../src/message/reason.ts'
import { REASONS as REASONS_V1 } from '../../src/message/v1/reason.ts'
import { REASONS as REASONS_V2 } from '../../src/message/v2/reason.ts'
import { OPERATIONS } from '../../src/operation/index.ts'
import { existsIn, majorOf, VERSIONS } from '../../src/schema/version.ts'
import { GENERAL_REASONS, OPERATION_REASONS } from '../../src/spec/operation-reasons.ts'
import type { OperationName } from '../../src/spec/operation.ts'
import { RESULT_REASONS } from '../../src/spec/result-reason.ts'

/** What may happen to any operation: reading its request, finding out who asks, the server itself. */
const ANYWHERE: readonly FaultCode[] = [
  'MALFORMED_MESSAGE',
  'MISSING_FIELD',
  'REPEATED_FIELD',
  'UNKNOWN_FIELD',
  'UNKNOWN_ENUMERATION',
  'INVALID_FIELD',
  'INVALID_MESSAGE',
  'UNKNOWN_EXTENSION',
  'RESPONSE_TOO_LARGE',
  'NOT_PERMITTED',
  'UNSUPPORTED_FEATURE',
]

/** What may happen to an operation that names an object. */
const ON_OBJECT: readonly FaultCode[] = ['OBJECT_NOT_FOUND', 'OBJECT_ARCHIVED']
const ON_ATTRIBUTE: readonly FaultCode[] = [
  ...ON_OBJECT,
  'UNSUPPORTED_ATTRIBUTE',
  'ATTRIBUTE_READ_ONLY',
  'WRONG_STATE',
  'OBJECT_DESTROYED',
]
const ON_CREATION: readonly FaultCode[] = [
  'UNSUPPORTED_ATTRIBUTE',
  'ATTRIBUTE_READ_ONLY',
  'ATTRIBUTE_SINGLE_VALUED',
  'INVALID_ATTRIBUTE_VALUE',
  'NAME_TAKEN',
  'NAMESPACE_UNSUPPORTED',
  'WRONG_OBJECT_TYPE',
]

/** What may stand against wrapping keys. */
const ON_WRAPPING: readonly FaultCode[] = [
  'WRAPPING_OBJECT_NOT_FOUND',
  'WRAPPING_OBJECT_ARCHIVED',
  'WRAPPING_OBJECT_DESTROYED',
  'WRONG_OBJECT_TYPE',
  'WRONG_STATE',
  'INCOMPATIBLE_USAGE',
  'PARAMETERS_NOT_OF_KEY',
  'ENCODING_OPTION_ERROR',
  'USAGE_EXHAUSTED',
  'UNSUPPORTED_CRYPTOGRAPHY',
  'CRYPTO_FAILED',
]

/** What may stand against giving an object in the form that is asked for. */
const ON_VIEW: readonly FaultCode[] = [
  ...ON_OBJECT,
  'SENSITIVE',
  'NOT_EXTRACTABLE',
  'KEY_FORMAT_UNSUPPORTED',
  'KEY_COMPRESSION_UNSUPPORTED',
  'KEY_WRAP_TYPE_UNSUPPORTED',
  'KEY_VALUE_NOT_PRESENT',
  ...ON_WRAPPING,
]

/** What may stand against putting another object in the place of one. */
const ON_REPLACEMENT: readonly FaultCode[] = [
  ...ON_OBJECT,
  ...ON_CREATION,
  'OBJECT_DESTROYED',
  'KEY_VALUE_NOT_PRESENT',
  'ILLEGAL_OPERATION',
]

/** What may stand against a certificate that is to be issued. */
const ON_CERTIFICATION: readonly FaultCode[] = [
  ...ON_OBJECT,
  'WRONG_OBJECT_TYPE',
  'WRONG_STATE',
  'OBJECT_DESTROYED',
  'INVALID_CSR',
  'INVALID_ATTRIBUTE_VALUE',
  'ATTRIBUTE_READ_ONLY',
  'ATTRIBUTE_SINGLE_VALUED',
  'UNSUPPORTED_ATTRIBUTE',
  'NAME_TAKEN',
  'UNSUPPORTED_FEATURE',
  'NOT_PERMITTED',
]

/** What each operation's own work can throw, read from the doc comments of what it calls. */
const THROWN: Partial<Record<OperationName, readonly FaultCode[]>> = {
  Activate: [...ON_OBJECT, 'WRONG_STATE', 'WRONG_OBJECT_TYPE'],
  AddAttribute: [...ON_ATTRIBUTE, 'ATTRIBUTE_EXISTS', 'INVALID_ATTRIBUTE_VALUE', 'NAME_TAKEN'],
  AdjustAttribute: [
    ...ON_ATTRIBUTE,
    'ATTRIBUTE_MULTI_VALUED',
    'INVALID_DATA_TYPE',
    'NUMERIC_RANGE',
  ],
  Archive: [...ON_OBJECT, 'OBJECT_DESTROYED'],
  Certify: [...ON_CERTIFICATION, 'ATTRIBUTE_INDEX_OUT_OF_BOUNDS'],
  Check: [...ON_OBJECT, 'WRONG_OBJECT_TYPE', 'USAGE_EXHAUSTED', 'INCOMPATIBLE_USAGE'],
  Create: ON_CREATION,
  CreateSplitKey: [
    ...ON_CREATION,
    ...ON_OBJECT,
    'OBJECT_DESTROYED',
    'SERVER_LIMIT',
    'KEY_VALUE_NOT_PRESENT',
  ],
  CreateKeyPair: [
    ...ON_CREATION.filter((code) => code !== 'WRONG_OBJECT_TYPE'),
    'PRIVATE_STORAGE_UNAVAILABLE',
    'PUBLIC_STORAGE_UNAVAILABLE',
    'UNSUPPORTED_CRYPTOGRAPHY',
  ],
  DeriveKey: [
    ...ON_CREATION,
    ...ON_OBJECT,
    'WRONG_STATE',
    'INCOMPATIBLE_USAGE',
    'OBJECT_DESTROYED',
    'KEY_VALUE_NOT_PRESENT',
    'KEY_FORMAT_UNSUPPORTED',
    'PARAMETERS_NOT_OF_KEY',
    'UNSUPPORTED_CRYPTOGRAPHY',
    'SERVER_LIMIT',
    'CRYPTO_FAILED',
  ],
  DeleteAttribute: [...ON_ATTRIBUTE, 'ATTRIBUTE_NOT_FOUND', 'ATTRIBUTE_INSTANCE_NOT_FOUND'],
  Destroy: [...ON_OBJECT, 'OBJECT_DESTROYED', 'WRONG_STATE'],
  Export: ON_VIEW,
  Get: [...ON_VIEW, 'OBJECT_DESTROYED'],
  GetAttributeList: ON_OBJECT,
  GetAttributes: ON_OBJECT,
  GetUsageAllocation: [
    ...ON_OBJECT,
    'WRONG_OBJECT_TYPE',
    'ATTRIBUTE_NOT_FOUND',
    'WRONG_STATE',
    'USAGE_EXHAUSTED',
    'OBJECT_DESTROYED',
  ],
  JoinSplitKey: [...ON_CREATION, ...ON_OBJECT, 'OBJECT_DESTROYED', 'SERVER_LIMIT', 'CRYPTO_FAILED'],
  Import: [
    'UNSUPPORTED_ATTRIBUTE',
    'ATTRIBUTE_SINGLE_VALUED',
    'INVALID_ATTRIBUTE_VALUE',
    'NAME_TAKEN',
    'OBJECT_EXISTS',
    'WRAPPING_OBJECT_NOT_FOUND',
    'WRAPPING_OBJECT_DESTROYED',
    'WRONG_OBJECT_TYPE',
    'WRONG_STATE',
    'INCOMPATIBLE_USAGE',
    'UNSUPPORTED_CRYPTOGRAPHY',
    'CRYPTO_FAILED',
    'KEY_WRAP_TYPE_UNSUPPORTED',
  ],
  ModifyAttribute: [
    ...ON_ATTRIBUTE,
    'ATTRIBUTE_NOT_FOUND',
    'ATTRIBUTE_INSTANCE_NOT_FOUND',
    'ATTRIBUTE_MULTI_VALUED',
    'INVALID_ATTRIBUTE_VALUE',
    'NAME_TAKEN',
  ],
  ObtainLease: [...ON_OBJECT, 'NOT_PERMITTED'],
  PKCS_11: ['PKCS11_CODEC', 'PKCS11_FUNCTION', 'PKCS11_INTERFACE', 'NOT_PERMITTED'],
  Poll: ['UNKNOWN_REQUEST'],
  Process: ['UNKNOWN_REQUEST'],
  Recover: ['OBJECT_NOT_FOUND', 'OBJECT_DESTROYED'],
  ReKey: [...ON_REPLACEMENT, 'STORAGE_UNAVAILABLE'],
  ReKeyKeyPair: [
    ...ON_REPLACEMENT,
    'PRIVATE_STORAGE_UNAVAILABLE',
    'PUBLIC_STORAGE_UNAVAILABLE',
    'UNSUPPORTED_CRYPTOGRAPHY',
  ],
  Register: [...ON_CREATION],
  Revoke: [...ON_OBJECT, 'WRONG_STATE', 'WRONG_OBJECT_TYPE'],
  ReProvision: ['INVALID_CSR', 'CRYPTO_FAILED', 'NOT_PERMITTED'],
  SetDefaults: [
    'WRONG_OBJECT_TYPE',
    'UNSUPPORTED_ATTRIBUTE',
    'ATTRIBUTE_READ_ONLY',
    'ATTRIBUTE_SINGLE_VALUED',
    'ATTRIBUTE_INDEX_OUT_OF_BOUNDS',
  ],
  SetConstraints: ['WRONG_OBJECT_TYPE', 'UNSUPPORTED_ATTRIBUTE'],
  SetAttribute: [...ON_ATTRIBUTE, 'ATTRIBUTE_EXISTS', 'ATTRIBUTE_MULTI_VALUED', 'NAME_TAKEN'],
  ReCertify: [...ON_CERTIFICATION, 'ATTRIBUTE_INDEX_OUT_OF_BOUNDS', 'ILLEGAL_OPERATION'],
  Validate: [...ON_OBJECT, 'WRONG_OBJECT_TYPE', 'OBJECT_DESTROYED'],
}

const codes = Object.keys(REASONS_V1) as FaultCode[]
const operations = Object.keys(OPERATIONS) as OperationName[]

function rowOf(value: number) {
  const row = RESULT_REASONS.find((each) => each.value === value)
  if (row === undefined) throw new TypeError(`no Result Reason ${value}`)
  return row
}

describe('the Result Reason of a fault', () => {
  test('is told by both dialects for the same faults', () => {
    expect(Object.keys(REASONS_V2).sort()).toEqual([...codes].sort())
  })

  test.each(VERSIONS)('is one that KMIP %s has, for every fault and operation', (version) => {
    const wrong = codes.flatMap((code) =>
      [undefined, ...operations]
        .filter((operation) => !existsIn(rowOf(reasonOf(code, version, operation)), version))
        .map((operation) => `${code} of ${operation}`),
    )
    expect(wrong).toEqual([])
  })

  test.each(VERSIONS)(
    'in KMIP %s is General Failure only where nothing better is there',
    (version) => {
      const general = codes.filter(
        (code) => rowOf(reasonOf(code, version)).name === 'GeneralFailure',
      )
      const limit = majorOf(version) === 1 ? ['SERVER_LIMIT'] : []
      // Neither dialect has a reason for what is our own affair, nor for a key that is not quantum safe.
      const own = ['INVALID_TAG_LENGTH', 'NOT_QUANTUM_SAFE', 'CONFLICT', 'UNAVAILABLE', 'INTERNAL']
      expect(general.sort()).toEqual([...own, ...limit].sort())
    },
  )
})

/**
 * Reasons outside the tables of their operations, with their meanings in 2.1 section 11.46: each says exactly what has
 * happened, and nothing in the tables does. Section 6.1 lets a server answer with a reason that fits better.
 */
const JUSTIFIED = {
  // a wrapped key that cannot be unwrapped; the wrapping of a key that is not here; an export before a recovery
  '1.4': ['CryptographicFailure', 'KeyValueNotPresent', 'ObjectArchived'],
  // the same failure; an unknown tag, enumeration or critical extension; an object that is to be recovered first
  '2.1': [
    // data of a namespace that the server makes none up for (2.1 section 4.4)
    'ApplicationNamespaceNotSupported',
    'CryptographicFailure',
    'ObjectArchived',
    'UnknownEnumeration',
    'UnknownMessageExtension',
    'UnknownTag',
  ],
} as const

describe.each(['1.4', '2.1'] as const)('the error tables of KMIP %s', (version) => {
  const key = majorOf(version) === 1 ? 'v1' : 'v2'

  test('list the reason of every fault that an operation throws', () => {
    const outside = operations
      .filter((operation) => key === 'v2' || OPERATION_REASONS[operation].v1.length > 0)
      .flatMap((operation) => {
        const listed = [...GENERAL_REASONS[key], ...OPERATION_REASONS[operation][key]]
        return [...(THROWN[operation] ?? []), ...ANYWHERE]
          .map((code) => [code, rowOf(reasonOf(code, version, operation)).name] as const)
          .filter(([, name]) => !listed.includes(name))
          .map(([, name]) => name)
      })
    expect([...new Set(outside)].sort()).toEqual(JUSTIFIED[version])
  })
})
