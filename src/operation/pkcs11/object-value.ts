import { attributeValue, type AttributeSet } from '../../model/attribute-set.ts'
import { CryptographicAlgorithm as A } from '../../spec/enum/cryptographic-algorithm.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import { CryptographicUsageMask as U } from '../../spec/mask/cryptographic-usage-mask.ts'
import { CRYPTOKI_ATTRIBUTES, type CryptokiAttributeName } from '../../spec/pkcs11/attribute.ts'
import { CERTIFICATE_X509, KeyType, ObjectClass } from '../../spec/pkcs11/constant.ts'

/** Application Namespace under which the CKA_ID of an object is kept, in hexadecimal. */
export const ID_NAMESPACE = 'CKA_ID'

const toUtf8 = new TextEncoder()

const CLASSES: ReadonlyMap<ObjectType, number> = new Map<ObjectType, number>([
  [ObjectType.SymmetricKey, ObjectClass.SecretKey],
  [ObjectType.PublicKey, ObjectClass.PublicKey],
  [ObjectType.PrivateKey, ObjectClass.PrivateKey],
  [ObjectType.Certificate, ObjectClass.Certificate],
])

const KEY_TYPES: ReadonlyMap<A, number> = new Map<A, number>([
  [A.AES, KeyType.AES],
  [A.DES3, KeyType.DES3],
  [A.RSA, KeyType.RSA],
  [A.DSA, KeyType.DSA],
  [A.EC, KeyType.EC],
  [A.ECDSA, KeyType.EC],
  [A.ECDH, KeyType.EC],
  [A.HMAC_SHA1, KeyType.GENERIC_SECRET],
  [A.HMAC_SHA224, KeyType.GENERIC_SECRET],
  [A.HMAC_SHA256, KeyType.GENERIC_SECRET],
  [A.HMAC_SHA384, KeyType.GENERIC_SECRET],
  [A.HMAC_SHA512, KeyType.GENERIC_SECRET],
])

/** What an object is, among the classes of PKCS#11; whatever is neither key nor certificate is data. */
export function classOf(attributes: AttributeSet): number {
  const type = attributes.get('ObjectType')
  return (type === undefined ? undefined : CLASSES.get(type)) ?? ObjectClass.Data
}

/** The Object Type of a class; undefined where the class, written as a value, is that of several or of none. */
export function objectTypeOf(value: Uint8Array): ObjectType | undefined {
  const wanted = hexOf(value)
  return [...CLASSES].find(([, objectClass]) => hexOf(ulong(objectClass)) === wanted)?.[0]
}

type Reader = (attributes: AttributeSet) => Uint8Array | undefined

/** Uses of keys by the bits of their masks: a MAC is signed and verified here. */
const USES: Readonly<Partial<Record<CryptokiAttributeName, number>>> = {
  ENCRYPT: U.Encrypt,
  DECRYPT: U.Decrypt,
  WRAP: U.WrapKey,
  UNWRAP: U.UnwrapKey,
  SIGN: U.Sign | U.MACGenerate,
  VERIFY: U.Verify | U.MACVerify,
  DERIVE: U.DeriveKey,
}

const READERS: Readonly<Partial<Record<CryptokiAttributeName, Reader>>> = {
  CLASS: (attributes) => ulong(classOf(attributes)),
  TOKEN: () => bool(true),
  PRIVATE: () => bool(true),
  MODIFIABLE: () => bool(false),
  COPYABLE: () => bool(false),
  DESTROYABLE: () => bool(true),
  LABEL: (attributes) => toUtf8.encode(attributes.get('Name')?.nameValue ?? ''),
  UNIQUE_ID: (attributes) => text(attributes.get('UniqueIdentifier')),
  ID: idOf,
  KEY_TYPE: (attributes) => {
    const algorithm = keyOnly(attributes) && attributes.get('CryptographicAlgorithm')
    const type = algorithm === undefined ? undefined : KEY_TYPES.get(algorithm)
    return type === undefined ? undefined : ulong(type)
  },
  VALUE_LEN: (attributes) => {
    const bits = attributes.get('CryptographicLength')
    const isSecret = classOf(attributes) === ObjectClass.SecretKey
    return bits === undefined || !isSecret ? undefined : ulong(Math.ceil(bits / 8))
  },
  MODULUS_BITS: (attributes) => {
    const bits = attributes.get('CryptographicLength')
    const isRsa = attributes.get('CryptographicAlgorithm') === A.RSA
    const isPublic = classOf(attributes) === ObjectClass.PublicKey
    return bits === undefined || !isRsa || !isPublic ? undefined : ulong(bits)
  },
  SENSITIVE: (attributes) => secretOnly(attributes, attributes.get('Sensitive') ?? false),
  ALWAYS_SENSITIVE: (attributes) =>
    secretOnly(attributes, attributes.get('AlwaysSensitive') ?? false),
  EXTRACTABLE: (attributes) => secretOnly(attributes, attributes.get('Extractable') ?? true),
  NEVER_EXTRACTABLE: (attributes) =>
    secretOnly(attributes, attributes.get('NeverExtractable') ?? false),
  LOCAL: (attributes) =>
    keyOnly(attributes) && bool(attributes.get('OriginalCreationDate') !== undefined),
  CERTIFICATE_TYPE: (attributes) =>
    classOf(attributes) === ObjectClass.Certificate ? ulong(CERTIFICATE_X509) : undefined,
}

const names = Object.keys(CRYPTOKI_ATTRIBUTES).filter(isAttributeName)
const NAMES: ReadonlyMap<number, CryptokiAttributeName> = new Map(
  names.map((name) => [CRYPTOKI_ATTRIBUTES[name][0], name]),
)

function isAttributeName(name: string): name is CryptokiAttributeName {
  return name in CRYPTOKI_ATTRIBUTES
}

/** The value of a PKCS#11 attribute that the attributes of KMIP hold; undefined where it is none of the object's. */
export function valueFrom(type: number, attributes: AttributeSet): Uint8Array | undefined {
  const name = NAMES.get(type)
  if (name === undefined) return undefined
  const use = USES[name]
  if (use === undefined) return READERS[name]?.(attributes)
  const mask = attributes.get('CryptographicUsageMask') ?? 0
  return keyOnly(attributes) && bool((mask & (use | U.Unrestricted)) !== 0)
}

/** The CKA_ID of an object, empty where it was given none. */
export function idOf(attributes: AttributeSet): Uint8Array {
  const kept = attributes
    .instances({ name: 'ApplicationSpecificInformation' })
    .map(({ value }) => attributeValue<'ApplicationSpecificInformation'>(value))
    .find(({ applicationNamespace }) => applicationNamespace === ID_NAMESPACE)
  const hex = kept?.applicationData ?? ''
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

/** The hexadecimal text that a CKA_ID is kept as. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function keyOnly(attributes: AttributeSet): undefined | true {
  const kind = classOf(attributes)
  return kind === ObjectClass.Data || kind === ObjectClass.Certificate ? undefined : true
}

function secretOnly(attributes: AttributeSet, value: boolean): Uint8Array | undefined {
  const kind = classOf(attributes)
  const isSecret = kind === ObjectClass.SecretKey || kind === ObjectClass.PrivateKey
  return isSecret ? bool(value) : undefined
}

function bool(value: boolean): Uint8Array {
  return Uint8Array.of(value ? 1 : 0)
}

function ulong(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value))
  return bytes
}

function text(value: string | undefined): Uint8Array | undefined {
  return value === undefined ? undefined : toUtf8.encode(value)
}
