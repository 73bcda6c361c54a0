/** Values of the standard's enumerations, as its tables print them (KMIP 1.4 section 9.1.3). */

export const Operation = {
  create: 0x01,
  createKeyPair: 0x02,
  register: 0x03,
  reKey: 0x04,
  locate: 0x08,
  check: 0x09,
  get: 0x0a,
  getAttributes: 0x0b,
  getAttributeList: 0x0c,
  addAttribute: 0x0d,
  modifyAttribute: 0x0e,
  deleteAttribute: 0x0f,
  activate: 0x12,
  revoke: 0x13,
  destroy: 0x14,
  query: 0x18,
  discoverVersions: 0x1e,
  encrypt: 0x1f,
  decrypt: 0x20,
  sign: 0x21,
  signatureVerify: 0x22,
  rngRetrieve: 0x25,
  setAttribute: 0x31,
} as const

export const ObjectType = {
  certificate: 1,
  symmetricKey: 2,
  publicKey: 3,
  privateKey: 4,
  splitKey: 5,
  template: 6,
  secretData: 7,
  opaqueObject: 8,
} as const

export const State = { preActive: 1, active: 2, deactivated: 3, compromised: 4 } as const

export const Status = { success: 0, failed: 1 } as const

export const Reason = {
  itemNotFound: 0x01,
  responseTooLarge: 0x02,
  invalidMessage: 0x04,
  operationNotSupported: 0x05,
  invalidField: 0x07,
  operationCanceledByRequester: 0x09,
  permissionDenied: 0x0c,
} as const

export const Algorithm = { des3: 2, aes: 3, rsa: 4, ecdsa: 6, hmacSha1: 7, hmacSha256: 9 } as const

export const KeyFormat = {
  raw: 1,
  opaque: 2,
  pkcs1: 3,
  pkcs8: 4,
  x509: 5,
  transparentRsaPublicKey: 0x0b,
} as const

export const BlockMode = { cbc: 1, gcm: 9, nistKeyWrap: 0x0d } as const

export const Padding = { none: 1, oaep: 2, pkcs5: 3, pkcs1: 8 } as const

export const Hash = { sha1: 4, sha256: 6 } as const

export const Mask = {
  sign: 0x01,
  verify: 0x02,
  encrypt: 0x04,
  decrypt: 0x08,
  wrapKey: 0x10,
  unwrapKey: 0x20,
  encryptAndDecrypt: 0x0c,
} as const

export const QueryFunction = {
  operations: 1,
  objects: 2,
  serverInformation: 3,
  applicationNamespaces: 4,
  extensionList: 5,
  extensionMap: 6,
} as const

export const Revocation = { unspecified: 1, superseded: 5, cessation: 6 } as const

export const Continuation = { continue: 1, stop: 2, undo: 3 } as const

export const SecretDataType = { password: 1, seed: 2 } as const

/** Members with one meaning here: the first of their enumeration. */
export const UNINTERPRETED_TEXT = 1
export const WRAP_BY_ENCRYPTION = 1
export const NO_ENCODING = 1
export const MGF1 = 1
export const KEY_ENCRYPTION_ROLE = 0x0b
export const OPAQUE_DATA = 0x8000_0001
export const LINK_PREVIOUS = 0x10a
export const LINK_NEXT = 0x10b
export const PUBLIC_KEY_LINK = 0x102
