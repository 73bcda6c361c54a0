import { KmipFault } from '../../fault/fault.ts'
import { storageStatusOf, type ManagedObject } from '../../model/managed-object.ts'
import type { ParameterUse } from '../../model/parameter-use.ts'
import { checkUsable, type Usage } from '../../model/usage.ts'
import { LinkType } from '../../spec/enum/link-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import { CryptographicUsageMask as Mask } from '../../spec/mask/cryptographic-usage-mask.ts'
import type { OperationName } from '../../spec/operation.ts'
import type { OperationContext } from '../context.ts'

/** What an object does for the wrapping of another. */
export type WrappingRole = 'wrap' | 'unwrap' | 'authenticate' | 'verify'

interface RoleRule {
  /** What the client must be permitted to do with the object. */
  readonly use: OperationName
  readonly purpose: Usage['purpose']
  /** For each type of key that can do it, the bits that permit it: any of them will do. */
  readonly bits: ReadonlyMap<ObjectType, readonly number[]>
  /** The half of a pair that does it is found by this link of the other half. */
  readonly otherHalf?: { readonly from: ObjectType; readonly link: LinkType }
}

const byType = (...entries: (readonly [ObjectType, readonly number[]])[]) =>
  new Map<ObjectType, readonly number[]>(entries)

const toPrivate = { from: ObjectType.PublicKey, link: LinkType.PrivateKeyLink }
const toPublic = { from: ObjectType.PrivateKey, link: LinkType.PublicKeyLink }

/** A key that may wrap may take off again what it has wrapped: so do the official cases TC-WRAP-2 and TC-WRAP-3. */
const RULES: Readonly<Record<WrappingRole, RoleRule>> = {
  wrap: {
    use: 'Encrypt',
    purpose: 'protect',
    bits: byType([ObjectType.SymmetricKey, [Mask.WrapKey]], [ObjectType.PublicKey, [Mask.WrapKey]]),
  },
  unwrap: {
    use: 'Decrypt',
    purpose: 'process',
    bits: byType(
      [ObjectType.SymmetricKey, [Mask.UnwrapKey, Mask.WrapKey]],
      [ObjectType.PrivateKey, [Mask.UnwrapKey]],
    ),
    otherHalf: toPrivate,
  },
  authenticate: {
    use: 'Sign',
    purpose: 'protect',
    bits: byType(
      [ObjectType.SymmetricKey, [Mask.MACGenerate]],
      [ObjectType.PrivateKey, [Mask.Sign]],
    ),
    otherHalf: toPrivate,
  },
  verify: {
    use: 'SignatureVerify',
    purpose: 'process',
    bits: byType(
      [ObjectType.SymmetricKey, [Mask.MACVerify, Mask.MACGenerate]],
      [ObjectType.PublicKey, [Mask.Verify]],
    ),
    otherHalf: toPublic,
  },
}

/** What Cryptographic Parameters of an object a role needs; undefined where all of them are meant for it. */
export function useFor(
  role: WrappingRole,
  { objectType }: ManagedObject,
): ParameterUse | undefined {
  const signs = role === 'authenticate' || role === 'verify'
  return signs && objectType !== ObjectType.SymmetricKey ? 'signature' : undefined
}

const KEYS: readonly ObjectType[] = [
  ObjectType.SymmetricKey,
  ObjectType.PublicKey,
  ObjectType.PrivateKey,
  ObjectType.SplitKey,
]

/**
 * Loads the object that is named to wrap another, found fit for its role (KMIP 1.4 sections 2.1.5, 11.12).
 *
 * @throws KmipFault `WRAPPING_OBJECT_NOT_FOUND`, `WRAPPING_OBJECT_ARCHIVED`, `WRAPPING_OBJECT_DESTROYED`,
 * `WRONG_OBJECT_TYPE` for what is no key, `INCOMPATIBLE_USAGE` for a key of a kind or with a mask that does not allow
 * it, `WRONG_STATE`, `NOT_PERMITTED`
 */
export async function loadWrappingObject(
  uniqueIdentifier: string,
  role: WrappingRole,
  context: OperationContext,
): Promise<ManagedObject> {
  const { use, purpose, bits, otherHalf } = RULES[role]
  const named = await loadNamed(uniqueIdentifier, use, context)
  const linked = otherHalf?.from === named.objectType ? linkOf(named, otherHalf.link) : undefined
  const object = linked === undefined ? named : await loadNamed(linked, use, context)
  const allowed = bits.get(object.objectType)
  if (allowed === undefined) throw unfit(object)
  const mask = object.attributes.get('CryptographicUsageMask') ?? 0
  const bit = allowed.find((each) => (mask & each) !== 0) ?? allowed[0] ?? 0
  checkUsable(object, { mask: bit, purpose }, context.now)
  return object
}

function linkOf({ attributes }: ManagedObject, type: LinkType): string | undefined {
  return attributes.all('Link').find(({ linkType }) => linkType === type)?.linkedObjectIdentifier
}

function unfit({ objectType }: ManagedObject): KmipFault {
  return KEYS.includes(objectType)
    ? new KmipFault('INCOMPATIBLE_USAGE', 'A key of this kind cannot be used for the wrapping')
    : new KmipFault('WRONG_OBJECT_TYPE', 'The object that is named to wrap is not a key')
}

async function loadNamed(
  uniqueIdentifier: string,
  use: OperationName,
  { objects }: OperationContext,
): Promise<ManagedObject> {
  const object = await found(objects.load(uniqueIdentifier, use))
  if (object === undefined) {
    throw new KmipFault('WRAPPING_OBJECT_NOT_FOUND', 'There is no such wrapping key')
  }
  const status = storageStatusOf(object)
  if (status === 'archived') {
    throw new KmipFault('WRAPPING_OBJECT_ARCHIVED', 'The wrapping key is archived')
  }
  if (status === 'destroyed') {
    throw new KmipFault('WRAPPING_OBJECT_DESTROYED', 'The wrapping key is destroyed')
  }
  return object
}

async function found(loading: Promise<ManagedObject>): Promise<ManagedObject | undefined> {
  try {
    return await loading
  } catch (error) {
    if (error instanceof KmipFault && error.code === 'OBJECT_NOT_FOUND') return undefined
    throw error
  }
}
