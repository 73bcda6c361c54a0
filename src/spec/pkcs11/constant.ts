/** Classes of objects, `CKO_` of PKCS#11 3.0. */
export const ObjectClass = {
  Data: 0x0,
  Certificate: 0x1,
  PublicKey: 0x2,
  PrivateKey: 0x3,
  SecretKey: 0x4,
} as const

/** Types of keys, `CKK_` of PKCS#11 3.0. */
export const KeyType = {
  RSA: 0x00,
  DSA: 0x01,
  EC: 0x03,
  GENERIC_SECRET: 0x10,
  DES3: 0x15,
  AES: 0x1f,
} as const

/** The type of certificates of X.509, `CKC_X_509`. */
export const CERTIFICATE_X509 = 0

/** Types of users, `CKU_`. */
export const UserType = { SO: 0, User: 1, ContextSpecific: 2 } as const

/** Flags of a session, `CKF_`. */
export const SessionFlag = { ReadWrite: 0x2, Serial: 0x4 } as const

/** States of a session, `CKS_`. */
export const SessionState = {
  ReadOnlyPublic: 0,
  ReadOnlyUser: 1,
  ReadWritePublic: 2,
  ReadWriteUser: 3,
} as const

/** Flags of a token, `CKF_`. */
export const TokenFlag = {
  Rng: 0x1,
  UserPinInitialized: 0x8,
  ProtectedAuthenticationPath: 0x100,
  TokenInitialized: 0x400,
  UserPinFinalTry: 0x20000,
  UserPinLocked: 0x40000,
} as const

/** Of a slot, `CKF_TOKEN_PRESENT`. */
export const TOKEN_PRESENT = 0x1

/** What a mechanism is for, `CKF_`. */
export const MechanismFlag = {
  Encrypt: 0x100,
  Decrypt: 0x200,
  Digest: 0x400,
  Sign: 0x800,
  Verify: 0x2000,
  Generate: 0x8000,
  GenerateKeyPair: 0x1_0000,
} as const

/** Numbers of mechanisms, `CKM_` of PKCS#11 3.0; not all of them are those of the server's own module. */
export const Mechanism = {
  RSA_PKCS_KEY_PAIR_GEN: 0x0000,
  RSA_PKCS: 0x0001,
  SHA1_RSA_PKCS: 0x0006,
  RSA_PKCS_OAEP: 0x0009,
  RSA_PKCS_PSS: 0x000d,
  SHA1_RSA_PKCS_PSS: 0x000e,
  SHA256_RSA_PKCS: 0x0040,
  SHA384_RSA_PKCS: 0x0041,
  SHA512_RSA_PKCS: 0x0042,
  SHA256_RSA_PKCS_PSS: 0x0043,
  SHA384_RSA_PKCS_PSS: 0x0044,
  SHA512_RSA_PKCS_PSS: 0x0045,
  SHA224_RSA_PKCS: 0x0046,
  SHA224_RSA_PKCS_PSS: 0x0047,
  DES3_KEY_GEN: 0x0131,
  DES3_ECB: 0x0132,
  DES3_CBC: 0x0133,
  DES3_CBC_PAD: 0x0136,
  SHA_1: 0x0220,
  SHA_1_HMAC: 0x0221,
  SHA256: 0x0250,
  SHA256_HMAC: 0x0251,
  SHA224: 0x0255,
  SHA224_HMAC: 0x0256,
  SHA384: 0x0260,
  SHA384_HMAC: 0x0261,
  SHA512: 0x0270,
  SHA512_HMAC: 0x0271,
  GENERIC_SECRET_KEY_GEN: 0x0350,
  EC_KEY_PAIR_GEN: 0x1040,
  ECDSA: 0x1041,
  AES_KEY_GEN: 0x1080,
  AES_ECB: 0x1081,
  AES_CBC: 0x1082,
  AES_CBC_PAD: 0x1085,
  AES_CTR: 0x1086,
  AES_GCM: 0x1087,
  AES_CMAC: 0x108a,
} as const

/** Mask generation functions, `CKG_`. */
export const MaskGeneration = {
  MGF1_SHA1: 1,
  MGF1_SHA256: 2,
  MGF1_SHA384: 3,
  MGF1_SHA512: 4,
  MGF1_SHA224: 5,
} as const
