import { membersOf } from '../../schema/enumeration.ts'
import { ObjectType } from '../enum/object-type.ts'

/** Normalised name of an Object Type, as in `SymmetricKey`. */
export type ObjectTypeName = Extract<keyof typeof ObjectType, string>

function isObjectTypeName(name: string): name is ObjectTypeName {
  return Object.hasOwn(ObjectType, name)
}

/** Every Object Type, those of one major version alone among them. */
export const ALL_OBJECTS: readonly ObjectTypeName[] = membersOf(ObjectType)
  .members.map(({ name }) => name)
  .filter(isObjectTypeName)

export const CERTIFICATES: readonly ObjectTypeName[] = ['Certificate']
export const CERTIFICATES_AND_PGP_KEYS: readonly ObjectTypeName[] = ['Certificate', 'PGPKey']
export const ASYMMETRIC_KEYS: readonly ObjectTypeName[] = ['PublicKey', 'PrivateKey']
export const OPAQUE_OBJECTS: readonly ObjectTypeName[] = ['OpaqueObject']
