/** How the value of a PKCS#11 attribute is written. Of a `bytes` value the length has to be said. */
export type CryptokiKind = 'boolean' | 'ulong' | 'date' | 'bytes' | 'ulongs'

/** Numbers and kinds of the attributes of PKCS#11 3.0 section 4 (`CKA_`), named without that prefix. */
export const CRYPTOKI_ATTRIBUTES = {
  CLASS: [0x0, 'ulong'],
  TOKEN: [0x1, 'boolean'],
  PRIVATE: [0x2, 'boolean'],
  LABEL: [0x3, 'bytes'],
  UNIQUE_ID: [0x4, 'bytes'],
  APPLICATION: [0x10, 'bytes'],
  VALUE: [0x11, 'bytes'],
  OBJECT_ID: [0x12, 'bytes'],
  CERTIFICATE_TYPE: [0x80, 'ulong'],
  ISSUER: [0x81, 'bytes'],
  SERIAL_NUMBER: [0x82, 'bytes'],
  AC_ISSUER: [0x83, 'bytes'],
  OWNER: [0x84, 'bytes'],
  ATTR_TYPES: [0x85, 'bytes'],
  TRUSTED: [0x86, 'boolean'],
  CERTIFICATE_CATEGORY: [0x87, 'ulong'],
  JAVA_MIDP_SECURITY_DOMAIN: [0x88, 'ulong'],
  URL: [0x89, 'bytes'],
  HASH_OF_SUBJECT_PUBLIC_KEY: [0x8a, 'bytes'],
  HASH_OF_ISSUER_PUBLIC_KEY: [0x8b, 'bytes'],
  NAME_HASH_ALGORITHM: [0x8c, 'ulong'],
  CHECK_VALUE: [0x90, 'bytes'],
  KEY_TYPE: [0x100, 'ulong'],
  SUBJECT: [0x101, 'bytes'],
  ID: [0x102, 'bytes'],
  SENSITIVE: [0x103, 'boolean'],
  ENCRYPT: [0x104, 'boolean'],
  DECRYPT: [0x105, 'boolean'],
  WRAP: [0x106, 'boolean'],
  UNWRAP: [0x107, 'boolean'],
  SIGN: [0x108, 'boolean'],
  SIGN_RECOVER: [0x109, 'boolean'],
  VERIFY: [0x10a, 'boolean'],
  VERIFY_RECOVER: [0x10b, 'boolean'],
  DERIVE: [0x10c, 'boolean'],
  START_DATE: [0x110, 'date'],
  END_DATE: [0x111, 'date'],
  MODULUS: [0x120, 'bytes'],
  MODULUS_BITS: [0x121, 'ulong'],
  PUBLIC_EXPONENT: [0x122, 'bytes'],
  PRIVATE_EXPONENT: [0x123, 'bytes'],
  PRIME_1: [0x124, 'bytes'],
  PRIME_2: [0x125, 'bytes'],
  EXPONENT_1: [0x126, 'bytes'],
  EXPONENT_2: [0x127, 'bytes'],
  COEFFICIENT: [0x128, 'bytes'],
  PUBLIC_KEY_INFO: [0x129, 'bytes'],
  PRIME: [0x130, 'bytes'],
  SUBPRIME: [0x131, 'bytes'],
  BASE: [0x132, 'bytes'],
  PRIME_BITS: [0x133, 'ulong'],
  SUBPRIME_BITS: [0x134, 'ulong'],
  VALUE_BITS: [0x160, 'ulong'],
  VALUE_LEN: [0x161, 'ulong'],
  EXTRACTABLE: [0x162, 'boolean'],
  LOCAL: [0x163, 'boolean'],
  NEVER_EXTRACTABLE: [0x164, 'boolean'],
  ALWAYS_SENSITIVE: [0x165, 'boolean'],
  KEY_GEN_MECHANISM: [0x166, 'ulong'],
  MODIFIABLE: [0x170, 'boolean'],
  COPYABLE: [0x171, 'boolean'],
  DESTROYABLE: [0x172, 'boolean'],
  EC_PARAMS: [0x180, 'bytes'],
  EC_POINT: [0x181, 'bytes'],
  ALWAYS_AUTHENTICATE: [0x202, 'boolean'],
  WRAP_WITH_TRUSTED: [0x210, 'boolean'],
  PROFILE_ID: [0x601, 'ulong'],
  ALLOWED_MECHANISMS: [0x4000_0600, 'ulongs'],
} as const satisfies Readonly<Record<string, readonly [number, CryptokiKind]>>

export type CryptokiAttributeName = keyof typeof CRYPTOKI_ATTRIBUTES

/** What is known of an attribute of PKCS#11. */
export interface CryptokiAttributeRow {
  readonly name: string
  readonly kind: CryptokiKind
}

/** The attributes by their numbers. */
export const CRYPTOKI_ATTRIBUTE_OF: ReadonlyMap<number, CryptokiAttributeRow> = new Map(
  Object.entries(CRYPTOKI_ATTRIBUTES).map(([name, [number, kind]]) => [number, { name, kind }]),
)
