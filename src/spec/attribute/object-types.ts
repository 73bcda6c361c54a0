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

/** Object Types that are no cryptographic objects (KMIP 1.4 section 2.2). */
const OTHERS: readonly ObjectTypeName[] = ['OpaqueObject', 'Template']

/** The Managed Cryptographic Objects of KMIP 1.4. */
export const CRYPTOGRAPHIC_OBJECTS = ALL_OBJECTS.filter((name) => !OTHERS.includes(name))
export const CRYPTOGRAPHIC_OBJECTS_AND_TEMPLATES = without('OpaqueObject')
export const CRYPTOGRAPHIC_AND_OPAQUE_OBJECTS = without('Template')
/** What the tables of KMIP 1.4 call keys, to which Templates are always added. */
export const KEYS_AND_TEMPLATES = without('OpaqueObject', 'SecretData', 'Certificate')
export const KEYS_CERTIFICATES_AND_TEMPLATES = without('OpaqueObject', 'SecretData')
/** Split Keys may be those of symmetric keys. */
export const SYMMETRIC_KEYS_AND_TEMPLATES: readonly ObjectTypeName[] = [
  'SymmetricKey',
  'SplitKey',
  'Template',
]
export const KEYS_KEPT_ELSEWHERE: readonly ObjectTypeName[] = [
  'SymmetricKey',
  'PrivateKey',
  'SplitKey',
  'SecretData',
]

function without(...names: readonly ObjectTypeName[]): readonly ObjectTypeName[] {
  return ALL_OBJECTS.filter((name) => !names.includes(name))
}

export const CERTIFICATES: readonly ObjectTypeName[] = ['Certificate']
export const CERTIFICATES_AND_PGP_KEYS: readonly ObjectTypeName[] = ['Certificate', 'PGPKey']
export const ASYMMETRIC_KEYS: readonly ObjectTypeName[] = ['PublicKey', 'PrivateKey']
export const OPAQUE_OBJECTS: readonly ObjectTypeName[] = ['OpaqueObject']
