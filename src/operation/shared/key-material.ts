import { KmipFault } from '../../fault/fault.ts'
import { keyBlockOf } from '../../model/content.ts'
import type { KeyBlock } from '../../model/key-block.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { parametersOf, type ParameterUse } from '../../model/parameter-use.ts'
import type { PrivateKey, PublicKey } from '../../port/crypto.ts'
import type { Secret } from '../../secret/secret.ts'
import type { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import type { Services } from '../context.ts'
import { parsedPrivate, parsedPublic } from './parsed-key.ts'

type Means = Pick<Services, 'crypto' | 'keyFormats'>

const F = KeyFormatType
const PRIVATE_FORMATS: readonly unknown[] = [F.PKCS_1, F.PKCS_8, F.ECPrivateKey]
const PUBLIC_FORMATS: readonly unknown[] = [F.PKCS_1, F.X_509]

/**
 * Those of the request, or else those of the key with the lowest index among them that suit the use (KMIP 1.4 section
 * 4.29).
 */
export function parametersFor(
  requested: CryptographicParameters | undefined,
  { attributes }: ManagedObject,
  use: ParameterUse,
): CryptographicParameters {
  return requested ?? parametersOf(attributes.all('CryptographicParameters'), use) ?? {}
}

/** The algorithm of a symmetric key, or the one that the parameters use its bytes for. Throws `INVALID_FIELD`. */
export function algorithmOf(
  { attributes }: ManagedObject,
  { cryptographicAlgorithm: named }: CryptographicParameters,
): CryptographicAlgorithm {
  const algorithm = attributes.get('CryptographicAlgorithm') ?? named
  if (algorithm !== undefined) return algorithm
  throw new KmipFault('INVALID_FIELD', 'A Cryptographic Algorithm is needed')
}

/**
 * Lets `use` see the bytes of a symmetric key or of Secret Data, which are destroyed behind it. Throws
 * `WRONG_OBJECT_TYPE`, `KEY_VALUE_NOT_PRESENT`, `KEY_FORMAT_UNSUPPORTED`.
 */
export function withKeyBytes<R>(
  object: ManagedObject,
  { keyFormats }: Means,
  use: (key: Secret) => R,
): R {
  const block = plainBlockOf(object)
  const key = materialOf(object.objectType, block, keyFormats)
  try {
    return use(key)
  } finally {
    key.destroy()
  }
}

/** The private key of an object, to be destroyed. Throws `WRONG_OBJECT_TYPE` and what reading it throws. */
export function privateKeyOf(object: ManagedObject, means: Means): PrivateKey {
  const { content } = object
  if (content?.objectType !== ObjectType.PrivateKey) throw wrongType()
  return parsedPrivate(content, means, () => {
    const { keyFormatType, material } = readable(object, means, F.PKCS_8)
    try {
      return means.crypto.keys.parsePrivate(keyFormatType, material)
    } finally {
      material.destroy()
    }
  })
}

/**
 * The public key of a public key, of a certificate, or of the private key that it belongs to; to be destroyed. Throws
 * `WRONG_OBJECT_TYPE` and what reading it throws.
 */
export function publicKeyOf(object: ManagedObject, means: Means): PublicKey {
  const { content } = object
  if (content === undefined) throw wrongType()
  return parsedPublic(content, means, () => parsePublicKey(object, means))
}

function parsePublicKey(object: ManagedObject, means: Means): PublicKey {
  const { content, objectType } = object
  const { keys } = means.crypto
  if (content?.objectType === ObjectType.Certificate) {
    return keys.parseCertificate(content.certificateValue)
  }
  if (objectType === ObjectType.PrivateKey) {
    const key = privateKeyOf(object, means)
    try {
      return keys.publicOf(key)
    } finally {
      key.destroy()
    }
  }
  if (objectType !== ObjectType.PublicKey) throw wrongType()
  const { keyFormatType, material } = readable(object, means, F.X_509)
  try {
    return keys.parsePublic(keyFormatType, material)
  } finally {
    material.destroy()
  }
}

/** The Key Block of an object whose key is here and not wrapped. */
function plainBlockOf({ content }: ManagedObject): KeyBlock {
  const block = content === undefined ? undefined : keyBlockOf(content)
  if (block === undefined) throw wrongType()
  if (block.keyValue === undefined || block.keyWrappingData !== undefined) {
    throw new KmipFault('KEY_VALUE_NOT_PRESENT', 'The key itself is not kept here')
  }
  return block
}

function materialOf(
  objectType: ObjectType,
  block: KeyBlock,
  keyFormats: Means['keyFormats'],
): Secret {
  if (objectType !== ObjectType.SymmetricKey && objectType !== ObjectType.SecretData) {
    throw wrongType()
  }
  const asItIs = objectType === ObjectType.SecretData || block.keyFormatType === F.Opaque
  const wanted = asItIs ? {} : { keyFormatType: F.Raw }
  return ownMaterial(keyFormats.convert(objectType, block, wanted))
}

/** The key in a format that can be parsed: its own, or the wanted one. */
function readable(
  object: ManagedObject,
  { keyFormats }: Means,
  wanted: KeyFormatType,
): { readonly keyFormatType: KeyFormatType; readonly material: Secret } {
  const { objectType } = object
  const block = plainBlockOf(object)
  const formats = objectType === ObjectType.PrivateKey ? PRIVATE_FORMATS : PUBLIC_FORMATS
  const isReadable = formats.includes(block.keyFormatType)
  const keyFormatType = isReadable ? block.keyFormatType : wanted
  const converted = keyFormats.convert(objectType, block, isReadable ? {} : { keyFormatType })
  return { keyFormatType, material: ownMaterial(converted) }
}

/** A conversion's material is a secret of its own already. */
function ownMaterial({ keyValue }: KeyBlock): Secret {
  if (keyValue !== undefined) return keyValue.material
  throw new KmipFault('KEY_VALUE_NOT_PRESENT', 'The key itself is not kept here')
}

function wrongType(): KmipFault {
  return new KmipFault('WRONG_OBJECT_TYPE', 'An object of this type is no key for this operation')
}
