import { cryptographicFailure } from '../../fault/cryptographic-failure.ts'
import { KmipFault } from '../../fault/fault.ts'
import { decodeKeyValue } from '../../message/key-value.ts'
import { keyBlockOf, withKeyBlock } from '../../model/content.ts'
import type { KeyBlock, KeyValue } from '../../model/key-block.ts'
import {
  isEncoded,
  parametersToUnwrap,
  withWrapMode,
  wrappingSteps,
} from '../../model/key-wrapping.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { isResident } from '../../model/residence.ts'
import { checkDescribed } from '../../model/registration.ts'
import type { Secret } from '../../secret/secret.ts'
import type { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import type { KeyWrappingData } from '../../spec/structure/key-wrapping-data.ts'
import type { OperationContext } from '../context.ts'
import { ResidentKey } from '../resident/resident-key.ts'
import { privateKeyOf, publicKeyOf, withKeyBytes } from './key-material.ts'
import {
  decryptKeyValue,
  isAuthentic,
  type KeyHandle,
  type WrappingKey,
} from './wrapping-cipher.ts'
import { loadWrappingObject, useFor, type WrappingRole } from './wrapping-object.ts'

/** A Key Block with its key in it, not wrapped. */
export interface PlainKeyBlock extends Omit<KeyBlock, 'keyWrappingData'> {
  readonly keyValue: KeyValue
  readonly keyWrappingData?: never
}

/** What has a Key Block, stored or not. */
type KeyHolder = Pick<ManagedObject, 'objectType' | 'content'>

/** Keys that wrap a key that wraps a key; nobody needs more, and a ring of them has no end. */
const DEEPEST_WRAPPING = 4

/**
 * The Key Block of an object, ready to be used: one that is kept wrapped is unwrapped with its wrapping key, which must
 * be here and be fit for it. What was unwrapped is zeroed once the message is answered.
 *
 * @throws KmipFault `OBJECT_DESTROYED`, `WRONG_OBJECT_TYPE` for an object that has no Key Block, `KEY_VALUE_NOT_PRESENT`,
 * `CRYPTO_FAILED` for whatever is wrong with what was wrapped, and what stands against the wrapping key: see
 * `loadWrappingObject`
 */
export async function plainKeyBlock(
  object: KeyHolder,
  context: OperationContext,
): Promise<PlainKeyBlock> {
  return unwrappedKeyBlock(object, context, 0)
}

/** The format in which a transparent key is one string of bytes. */
const BYTE_FORMATS: ReadonlyMap<ObjectType, KeyFormatType> = new Map([
  [ObjectType.SymmetricKey, KeyFormatType.Raw],
  [ObjectType.PrivateKey, KeyFormatType.PKCS_8],
  [ObjectType.PublicKey, KeyFormatType.X_509],
  [ObjectType.SecretData, KeyFormatType.Raw],
])

/**
 * The same with the key as one string of bytes. Throws what `plainKeyBlock` throws, and `WRONG_OBJECT_TYPE` also for
 * what is a part of a key.
 */
export async function plainByteBlock(
  object: KeyHolder,
  context: OperationContext,
): Promise<PlainKeyBlock> {
  const plain = await plainKeyBlock(object, context)
  const keyFormatType = BYTE_FORMATS.get(object.objectType)
  if (keyFormatType === undefined) {
    throw new KmipFault('WRONG_OBJECT_TYPE', 'The object is not a key')
  }
  if (plain.keyValue.form !== 'structure') return plain
  const { keyValue } = context.keyFormats.convert(object.objectType, plain, { keyFormatType })
  if (keyValue === undefined) {
    throw new KmipFault('KEY_VALUE_NOT_PRESENT', 'The key is not kept here')
  }
  context.destroyAfterAnswer(keyValue.material)
  return { ...plain, keyFormatType, keyValue }
}

/**
 * An object with its key ready to be used: itself, unless its key is kept wrapped. Throws what `plainKeyBlock` throws.
 */
export async function withPlainKey(
  object: ManagedObject,
  context: OperationContext,
): Promise<ManagedObject> {
  return unwrappedObject(object, context, 0)
}

async function unwrappedObject(
  object: ManagedObject,
  context: OperationContext,
  depth: number,
): Promise<ManagedObject> {
  const { content } = object
  if (content === undefined || keyBlockOf(content)?.keyWrappingData === undefined) return object
  const keyBlock = await unwrappedKeyBlock(object, context, depth)
  return { ...object, content: withKeyBlock(content, keyBlock) }
}

async function unwrappedKeyBlock(
  { objectType, content }: KeyHolder,
  context: OperationContext,
  depth: number,
): Promise<PlainKeyBlock> {
  if (content === undefined) throw new KmipFault('OBJECT_DESTROYED', 'The object is destroyed')
  const keyBlock = keyBlockOf(content)
  if (keyBlock === undefined) throw new KmipFault('WRONG_OBJECT_TYPE', 'The object is not a key')
  const { keyValue, keyWrappingData, ...rest } = keyBlock
  if (keyValue === undefined) {
    throw new KmipFault('KEY_VALUE_NOT_PRESENT', 'The key is not kept here')
  }
  if (keyWrappingData === undefined) return { ...rest, keyValue }
  if (depth === DEEPEST_WRAPPING) {
    throw new KmipFault('SERVER_LIMIT', 'The key is wrapped by too many keys one after another')
  }
  const unwrapping = { context, depth, wrapping: keyWrappingData }
  const plain = { ...rest, keyValue: await unwrapped(keyValue, unwrapping) }
  checkUnwrapped(objectType, plain, context)
  return plain
}

interface Unwrapping {
  readonly context: OperationContext
  readonly depth: number
  readonly wrapping: KeyWrappingData
}

/** The Key Value without its wrapping (KMIP 1.4 section 2.1.5). */
async function unwrapped({ form, material }: KeyValue, unwrapping: Unwrapping): Promise<KeyValue> {
  const { context, wrapping } = unwrapping
  if (form === 'structure') {
    throw new KmipFault('INVALID_FIELD', 'A transparent key is not wrapped as it stands')
  }
  const { encrypts, authenticates } = wrappingSteps(wrapping)
  if (authenticates === 'encrypted') await checkAuthentic(material, unwrapping)
  const plain = encrypts ? await decrypted(material, unwrapping) : material.clone()
  context.destroyAfterAnswer(plain)
  if (authenticates === 'plain') await checkAuthentic(plain, unwrapping)
  if (!isEncoded(wrapping)) return { form: 'bytes', material: plain, attributes: [] }
  const value = decodeKeyValue(plain)
  context.destroyAfterAnswer(value.material)
  return value
}

async function decrypted(data: Secret, unwrapping: Unwrapping): Promise<Secret> {
  const { context, wrapping } = unwrapping
  const key = await keyFor('unwrap', wrapping.encryptionKeyInformation, unwrapping)
  const { ivCounterNonce } = wrapping
  const encrypted = { data, ...(ivCounterNonce === undefined ? {} : { ivCounterNonce }) }
  return decryptKeyValue(encrypted, key, context)
}

async function checkAuthentic(data: Secret, unwrapping: Unwrapping): Promise<void> {
  const { context, wrapping } = unwrapping
  const key = await keyFor('verify', wrapping.macSignatureKeyInformation, unwrapping)
  const { macSignature = new Uint8Array(0) } = wrapping
  if (!(await isAuthentic({ data, macSignature }, key, context))) throw cryptographicFailure()
}

async function keyFor(
  role: WrappingRole,
  information: KeyWrappingData['encryptionKeyInformation'],
  { context, depth }: Unwrapping,
): Promise<WrappingKey> {
  if (information === undefined) {
    throw new KmipFault('MISSING_FIELD', 'The wrapping key is not named')
  }
  const { uniqueIdentifier, cryptographicParameters } = information
  const object = await loadWrappingObject(uniqueIdentifier, role, context)
  const parameters = parametersToUnwrap(cryptographicParameters, object, useFor(role, object))
  return {
    handle: await handleOf(object, context, depth + 1),
    parameters: role === 'unwrap' ? withWrapMode(parameters, object) : parameters,
  }
}

/** A wrong key, or RSA padding that was none, may give bytes that are not the key they should be. */
function checkUnwrapped(
  objectType: ObjectType,
  keyBlock: PlainKeyBlock,
  { keyFormats }: OperationContext,
): void {
  try {
    checkDescribed(objectType, keyBlock, keyFormats.describe(objectType, keyBlock))
  } catch (error) {
    throw cryptographicFailure(error)
  }
}

/**
 * The key of an object as cryptography takes it, unwrapped where it has to be. It serves until the message is answered.
 *
 * @throws KmipFault what `plainKeyBlock` throws, and `KEY_FORMAT_UNSUPPORTED` for a key that cannot be read
 */
export async function keyHandle(
  object: ManagedObject,
  context: OperationContext,
): Promise<KeyHandle> {
  return handleOf(object, context, 0)
}

async function handleOf(
  object: ManagedObject,
  context: OperationContext,
  depth: number,
): Promise<KeyHandle> {
  if (isResident(object)) {
    const half = object.objectType === ObjectType.PrivateKey ? 'private' : 'secret'
    return { kind: 'resident', half, key: new ResidentKey(object, context) }
  }
  const plain = await unwrappedObject(object, context, depth)
  if (plain.objectType === ObjectType.PrivateKey) {
    return { kind: 'private', key: privateKeyOf(plain, context) }
  }
  if (plain.objectType === ObjectType.PublicKey) {
    return { kind: 'public', key: publicKeyOf(plain, context) }
  }
  const algorithm = algorithmOf(plain)
  return withKeyBytes(plain, context, (bytes) => {
    const key = bytes.clone()
    context.destroyAfterAnswer(key)
    return { kind: 'symmetric', algorithm, key }
  })
}

function algorithmOf({ attributes, content }: ManagedObject): CryptographicAlgorithm {
  const block = content && keyBlockOf(content)
  const algorithm = block?.cryptographicAlgorithm ?? attributes.get('CryptographicAlgorithm')
  if (algorithm !== undefined) return algorithm
  throw new KmipFault('WRONG_OBJECT_TYPE', 'The key has no Cryptographic Algorithm')
}
