import { uid } from './harness.ts'
import { bytes, data, flag, parameters } from './key-sample.ts'

const ECB = parameters({ BlockCipherMode: 'ECB' })
const CBC = parameters({ BlockCipherMode: 'CBC', PaddingMethod: 'PKCS5' })
const GCM = parameters({ BlockCipherMode: 'GCM', TagLength: 16 })
const PSS = parameters({ PaddingMethod: 'PSS', HashingAlgorithm: 'SHA_256' })
const OAEP = parameters({ PaddingMethod: 'OAEP', HashingAlgorithm: 'SHA_256' })
const SHA256 = parameters({ HashingAlgorithm: 'SHA_256' })
const HMAC = parameters({ CryptographicAlgorithm: 'HMAC_SHA256' })
const BLOCK = '00'.repeat(16)
const iv = bytes('IVCounterNonce', BLOCK)
const nonce = bytes('IVCounterNonce', '00'.repeat(12))
const signature = bytes('SignatureData', '00'.repeat(256))
const mac = bytes('MACData', '00'.repeat(32))

/** The keys that are used wrongly, by what they are. */
export interface Keys {
  readonly aes: string
  readonly preActive: string
  readonly maskless: string
  readonly stopped: string
  readonly notStarted: string
  readonly revoked: string
  readonly destroyed: string
  readonly used: string
  readonly elsewhere: string
  readonly opaque: string
  readonly rsaPrivate: string
  readonly rsaPublic: string
  readonly ecPrivate: string
  readonly ecPublic: string
  readonly signer: string
  readonly maker: string
  readonly foreign: string
}

type Payload = (keys: Keys) => string
type Row = readonly [
  operation: string,
  what: string,
  reasons: readonly [v1: string, v2: string],
  payload: Payload,
]

const DENIED = ['PermissionDenied', 'PermissionDenied'] as const
const STATE = ['PermissionDenied', 'WrongKeyLifecycleState'] as const
const FIELD = ['InvalidField', 'InvalidField'] as const
const MESSAGE = ['InvalidMessage', 'InvalidMessage'] as const
const FAILED = ['CryptographicFailure', 'CryptographicFailure'] as const
const MASK = ['PermissionDenied', 'IncompatibleCryptographicUsageMask'] as const
const TYPE = ['PermissionDenied', 'InvalidObjectType'] as const
const MISMATCH = ['InvalidField', 'BadCryptographicParameters'] as const
const FEATURE = ['InvalidField', 'FeatureNotSupported'] as const
const UNSUPPORTED = ['InvalidField', 'UnsupportedCryptographicParameters'] as const
const MISSING = 'ffffffff-0000-4000-8000-000000000000'

/** What each operation with a key asks beside the key, when nothing else is wrong. */
const RIGHT: Readonly<Record<string, string>> = {
  Encrypt: CBC + data('00') + iv,
  Decrypt: ECB + data(BLOCK),
  Sign: PSS + data('00'),
  SignatureVerify: PSS + data('00') + signature,
  MAC: HMAC + data('00'),
  MACVerify: HMAC + data('00') + mac,
}
const PROTECTING = ['Encrypt', 'MAC']
const PROCESSING = ['Decrypt', 'MACVerify']

const ON_ANY: readonly Row[] = Object.entries(RIGHT).flatMap(([operation, rest]): Row[] => [
  [
    operation,
    'a key that is not there',
    ['ItemNotFound', 'ObjectNotFound'],
    () => uid(MISSING) + rest,
  ],
  [
    operation,
    "another client's key",
    ['ItemNotFound', 'ObjectNotFound'],
    (k) => uid(k.foreign) + rest,
  ],
  [operation, 'no key and no ID Placeholder', ['ItemNotFound', 'ObjectNotFound'], () => rest],
  [operation, 'a key without its mask bit', MASK, (k) => uid(k.maskless) + rest],
  [
    operation,
    'a destroyed key',
    operation.startsWith('MAC') ? STATE : DENIED,
    (k) => uid(k.destroyed) + rest,
  ],
  [operation, 'an object that is no key', MASK, (k) => uid(k.opaque) + rest],
  [
    operation,
    'a Correlation Value of nothing under way',
    ['ItemNotFound', 'InvalidCorrelationValue'],
    (k) =>
      uid(
        operation.startsWith('Sign') ? (operation === 'Sign' ? k.rsaPrivate : k.rsaPublic) : k.aes,
      ) +
      data('00') +
      bytes('CorrelationValue', '01'),
  ],
])

const ON_SECRET: readonly Row[] = [...PROTECTING, ...PROCESSING].flatMap((operation): Row[] => {
  const rest = RIGHT[operation] ?? ''
  const state = operation.startsWith('MAC') ? STATE : DENIED
  const late: Row = PROTECTING.includes(operation)
    ? [operation, 'a key past its Protect Stop Date', state, (k) => uid(k.stopped) + rest]
    : [operation, 'a key before its Process Start Date', state, (k) => uid(k.notStarted) + rest]
  return [
    late,
    [operation, 'a key that is not active yet', state, (k) => uid(k.preActive) + rest],
    [
      operation,
      'a key that is kept elsewhere',
      ['KeyValueNotPresent', 'KeyValueNotPresent'],
      (k) => uid(k.elsewhere) + rest,
    ],
    [operation, 'no data', MESSAGE, (k) => uid(k.aes) + rest.replace(/<Data [^>]*>/u, '')],
    [
      operation,
      'data that is no Byte String',
      MESSAGE,
      (k) => `${uid(k.aes)}<Data type="Integer" value="1"/>`,
    ],
    [operation, 'data twice', MESSAGE, (k) => uid(k.aes) + rest + data('00')],
    [
      operation,
      'an algorithm that nobody knows',
      ['InvalidField', 'UnknownEnumeration'],
      (k) => uid(k.aes) + parameters({ CryptographicAlgorithm: '0x00000777' }) + data('00'),
    ],
  ]
})

const CIPHERS: readonly Row[] = [
  ['Encrypt', 'a revoked key', DENIED, (k) => uid(k.revoked) + (RIGHT['Encrypt'] ?? '')],
  [
    'Encrypt',
    'a key whose Usage Limits are used up',
    DENIED,
    (k) => uid(k.used) + ECB + data(BLOCK),
  ],
  ['Encrypt', 'no mode', FIELD, (k) => uid(k.aes) + data(BLOCK)],
  [
    'Encrypt',
    'a mode that the algorithm has not',
    UNSUPPORTED,
    (k) => uid(k.aes) + parameters({ BlockCipherMode: 'AEAD' }) + data(BLOCK),
  ],
  [
    'Encrypt',
    'a padding that is not built',
    UNSUPPORTED,
    (k) => uid(k.aes) + parameters({ BlockCipherMode: 'ECB', PaddingMethod: 'SSL3' }) + data(BLOCK),
  ],
  [
    'Encrypt',
    'a padding where none can be',
    FIELD,
    (k) =>
      uid(k.aes) +
      parameters({ BlockCipherMode: 'CTR', PaddingMethod: 'PKCS5' }) +
      data(BLOCK) +
      iv,
  ],
  ['Encrypt', 'data that does not fill its blocks', FIELD, (k) => uid(k.aes) + ECB + data('00')],
  ['Encrypt', 'an IV of a wrong length', FIELD, (k) => uid(k.aes) + CBC + data('00') + nonce],
  ['Encrypt', 'an IV where none is used', FIELD, (k) => uid(k.aes) + ECB + data(BLOCK) + iv],
  [
    'Encrypt',
    'no IV although Random IV is false',
    MESSAGE,
    (k) =>
      uid(k.aes) +
      parameters({ BlockCipherMode: 'CBC', PaddingMethod: 'PKCS5', RandomIV: false }) +
      data('00'),
  ],
  [
    'Encrypt',
    'additional data where nothing is authenticated',
    FIELD,
    (k) =>
      uid(k.aes) + CBC + data('00') + iv + bytes('AuthenticatedEncryptionAdditionalData', '00'),
  ],
  ...[1, 4, 8, 11, 17, 32].map((length): Row => [
    'Encrypt',
    `a tag of ${length} bytes`,
    ['GeneralFailure', 'GeneralFailure'],
    (k) =>
      uid(k.aes) + parameters({ BlockCipherMode: 'GCM', TagLength: length }) + data('00') + nonce,
  ]),
  [
    'Encrypt',
    'the algorithm of another key',
    MISMATCH,
    (k) =>
      uid(k.aes) +
      parameters({ BlockCipherMode: 'ECB', CryptographicAlgorithm: 'DES3' }) +
      data(BLOCK),
  ],
  ['Encrypt', 'a private key', MASK, (k) => uid(k.rsaPrivate) + OAEP + data('00')],
  [
    'Encrypt',
    'more than the key can take',
    FAILED,
    (k) => uid(k.rsaPublic) + OAEP + data('00'.repeat(200)),
  ],
  ['Encrypt', 'a key on a curve', UNSUPPORTED, (k) => uid(k.ecPublic) + OAEP + data('00')],
  [
    'Encrypt',
    'additional data behind the first part',
    FIELD,
    (k) =>
      uid(k.aes) +
      data('00') +
      bytes('CorrelationValue', '01') +
      bytes('AuthenticatedEncryptionAdditionalData', '00'),
  ],
  ['Decrypt', 'no IV', MESSAGE, (k) => uid(k.aes) + CBC + data(BLOCK)],
  [
    'Decrypt',
    'no IV although Random IV is true',
    MESSAGE,
    (k) => uid(k.aes) + parameters({ BlockCipherMode: 'CBC', RandomIV: true }) + data(BLOCK),
  ],
  [
    'Decrypt',
    'a tag where nothing is authenticated',
    FIELD,
    (k) => uid(k.aes) + CBC + data(BLOCK) + iv + bytes('AuthenticatedEncryptionTag', BLOCK),
  ],
  [
    'Decrypt',
    'a tag of another length than was asked for',
    FIELD,
    (k) =>
      uid(k.aes) + GCM + data(BLOCK) + nonce + bytes('AuthenticatedEncryptionTag', '00'.repeat(12)),
  ],
  ['Decrypt', 'bytes that do not fill their blocks', FAILED, (k) => uid(k.aes) + ECB + data('00')],
  ['Decrypt', 'bytes shorter than a tag', FAILED, (k) => uid(k.aes) + GCM + data('00') + nonce],
  [
    'Decrypt',
    'a ciphertext of another length than the modulus',
    FAILED,
    (k) => uid(k.rsaPrivate) + OAEP + data('00'),
  ],
]

const SIGNATURES: readonly Row[] = [
  ['Sign', 'a symmetric key', MASK, (k) => uid(k.aes) + PSS + data('00')],
  ['Sign', 'a public key', MASK, (k) => uid(k.rsaPublic) + PSS + data('00')],
  [
    'Sign',
    'data and a digest',
    FIELD,
    (k) => uid(k.rsaPrivate) + PSS + data('00') + bytes('DigestedData', '00'.repeat(32)),
  ],
  [
    'Sign',
    'a digest of a wrong length',
    FIELD,
    (k) => uid(k.rsaPrivate) + PSS + bytes('DigestedData', '00'.repeat(31)),
  ],
  [
    'Sign',
    'a digest whose length no hash has',
    FIELD,
    (k) => uid(k.rsaPrivate) + bytes('DigestedData', '00'.repeat(33)),
  ],
  [
    'Sign',
    'a digest in parts',
    FIELD,
    (k) => uid(k.rsaPrivate) + bytes('DigestedData', '00'.repeat(32)) + flag('InitIndicator'),
  ],
  ['Sign', 'neither data nor a digest', MESSAGE, (k) => uid(k.rsaPrivate) + PSS],
  [
    'Sign',
    'the algorithm of another key',
    MISMATCH,
    (k) => uid(k.ecPrivate) + parameters({ CryptographicAlgorithm: 'RSA' }) + data('00'),
  ],
  [
    'Sign',
    'a signature algorithm of another key',
    MISMATCH,
    (k) =>
      uid(k.rsaPrivate) + parameters({ DigitalSignatureAlgorithm: 'ECDSAWithSHA256' }) + data('00'),
  ],
  [
    'Sign',
    'RSASSA-PSS with a key on a curve',
    MISMATCH,
    (k) => uid(k.ecPrivate) + parameters({ DigitalSignatureAlgorithm: 'RSASSA_PSS' }) + data('00'),
  ],
  [
    'Sign',
    'a hash that is not built',
    UNSUPPORTED,
    (k) => uid(k.rsaPrivate) + parameters({ HashingAlgorithm: 'Tiger' }) + data('00'),
  ],
  [
    'Sign',
    'a salt longer than the key can take',
    FAILED,
    (k) =>
      uid(k.rsaPrivate) +
      parameters({ PaddingMethod: 'PSS', HashingAlgorithm: 'SHA_256', SaltLength: 1_000 }) +
      data('00'),
  ],
  ['SignatureVerify', 'no signature', MESSAGE, (k) => uid(k.rsaPublic) + PSS + data('00')],
  ['SignatureVerify', 'no data', MESSAGE, (k) => uid(k.rsaPublic) + PSS + signature],
  ['SignatureVerify', 'a symmetric key', MASK, (k) => uid(k.aes) + PSS + data('00') + signature],
]

const OTHERS: readonly Row[] = [
  ['Sign', 'a symmetric key for signing', TYPE, (k) => uid(k.signer) + PSS + data('00')],
  [
    'SignatureVerify',
    'a symmetric key for verifying',
    TYPE,
    (k) => uid(k.signer) + PSS + data('00') + signature,
  ],
  ['MAC', 'a key pair for MACs', TYPE, (k) => uid(k.maker) + HMAC + data('00')],
  ['MAC', 'a key pair', MASK, (k) => uid(k.rsaPrivate) + HMAC + data('00')],
  [
    'MAC',
    'an algorithm that makes no MACs',
    FEATURE,
    (k) => uid(k.aes) + parameters({ CryptographicAlgorithm: 'RC4' }) + data('00'),
  ],
  [
    'MAC',
    'a block cipher that the key is not of',
    MISMATCH,
    (k) => uid(k.aes) + parameters({ CryptographicAlgorithm: 'Camellia' }) + data('00'),
  ],
  [
    'MAC',
    'a hash that is not that of the algorithm',
    MISMATCH,
    (k) =>
      uid(k.aes) +
      parameters({ CryptographicAlgorithm: 'HMAC_SHA256', HashingAlgorithm: 'SHA_1' }) +
      data('00'),
  ],
  ['MACVerify', 'no MAC', MESSAGE, (k) => uid(k.aes) + HMAC + data('00')],
  ['Hash', 'no parameters', MESSAGE, () => data('00')],
  ['Hash', 'no hash', FIELD, () => parameters({}) + data('00')],
  [
    'Hash',
    'a hash that is not built',
    FEATURE,
    () => parameters({ HashingAlgorithm: 'MD2' }) + data('00'),
  ],
  ['Hash', 'no data', MESSAGE, () => SHA256],
  [
    'Hash',
    'a Correlation Value of nothing under way',
    ['ItemNotFound', 'InvalidCorrelationValue'],
    () => SHA256 + data('00') + bytes('CorrelationValue', '01'),
  ],
]

/** Every use of a key that is refused, in both dialects. */
export const ROWS = [...ON_ANY, ...ON_SECRET, ...CIPHERS, ...SIGNATURES, ...OTHERS].flatMap(
  ([operation, what, [v1, v2], payload]) => [
    { version: '1.4', operation, what, reason: v1, payload },
    { version: '2.1', operation, what, reason: v2, payload },
  ],
)
