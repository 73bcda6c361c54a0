import type { ObjectContent } from '../model/content.ts'
import { compile, type Codec } from '../schema/codec.ts'
import {
  constant,
  optional,
  repeated,
  required,
  within,
  type Field,
  type SingleField,
} from '../schema/field.ts'
import { membersOf } from '../schema/enumeration.ts'
import { bytes, notInVersion } from '../schema/primitive.ts'
import { struct } from '../schema/struct.ts'
import type { TagRow } from '../schema/tag.ts'
import { existsIn, existsInMajor, majorOf, type Version } from '../schema/version.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { Tag } from '../spec/tag.ts'
import type { Item } from '../ttlv/item.ts'
import { KeyBlockStruct } from './key-block.ts'
import * as v1 from './v1/attribute.ts'

const keyBlock = required(Tag.KeyBlock, KeyBlockStruct)

/** KMIP 1.4 section 2.2.1, KMIP 2.1 section 2.1. */
export const CertificateStruct = struct({
  objectType: constant(ObjectType.Certificate),
  certificateType: required(Tag.CertificateType),
  certificateValue: required(Tag.CertificateValue, bytes),
})
const SymmetricKeyStruct = struct({ objectType: constant(ObjectType.SymmetricKey), keyBlock })
const PublicKeyStruct = struct({ objectType: constant(ObjectType.PublicKey), keyBlock })
const PrivateKeyStruct = struct({ objectType: constant(ObjectType.PrivateKey), keyBlock })
const SplitKeyStruct = struct({
  objectType: constant(ObjectType.SplitKey),
  splitKeyParts: required(Tag.SplitKeyParts),
  keyPartIdentifier: required(Tag.KeyPartIdentifier),
  splitKeyThreshold: required(Tag.SplitKeyThreshold),
  splitKeyMethod: required(Tag.SplitKeyMethod),
  primeFieldSize: optional(Tag.PrimeFieldSize),
  keyBlock,
})
const TemplateStruct = struct({
  objectType: constant(ObjectType.Template),
  attributes: repeated(Tag.Attribute, v1.attribute),
})
const SecretDataStruct = struct({
  objectType: constant(ObjectType.SecretData),
  secretDataType: required(Tag.SecretDataType),
  keyBlock,
})
const OpaqueObjectStruct = struct({
  objectType: constant(ObjectType.OpaqueObject),
  opaqueDataType: required(Tag.OpaqueDataType),
  opaqueDataValue: required(Tag.OpaqueDataValue),
})
const PGPKeyStruct = struct({
  objectType: constant(ObjectType.PGPKey),
  pgpKeyVersion: required(Tag.PGPKeyVersion),
  keyBlock,
})
const CertificateRequestStruct = struct({
  objectType: constant(ObjectType.CertificateRequest),
  certificateRequestType: required(Tag.CertificateRequestType),
  certificateRequestValue: required(Tag.CertificateRequestValue, bytes),
})

interface ObjectForm {
  readonly tag: TagRow<unknown>
  readonly codec: Codec<ObjectContent>
}

/** Each managed object's structure (KMIP 1.4 section 2.2, KMIP 2.1 section 2). */
const FORMS: ReadonlyMap<ObjectType, ObjectForm> = new Map<ObjectType, ObjectForm>([
  [ObjectType.Certificate, { tag: Tag.Certificate, codec: CertificateStruct }],
  [ObjectType.SymmetricKey, { tag: Tag.SymmetricKey, codec: SymmetricKeyStruct }],
  [ObjectType.PublicKey, { tag: Tag.PublicKey, codec: PublicKeyStruct }],
  [ObjectType.PrivateKey, { tag: Tag.PrivateKey, codec: PrivateKeyStruct }],
  [ObjectType.SplitKey, { tag: Tag.SplitKey, codec: SplitKeyStruct }],
  [ObjectType.Template, { tag: Tag.Template, codec: TemplateStruct }],
  [ObjectType.SecretData, { tag: Tag.SecretData, codec: SecretDataStruct }],
  [ObjectType.OpaqueObject, { tag: Tag.OpaqueObject, codec: OpaqueObjectStruct }],
  [ObjectType.PGPKey, { tag: Tag.PGPKey, codec: PGPKeyStruct }],
  [ObjectType.CertificateRequest, { tag: Tag.CertificateRequest, codec: CertificateRequestStruct }],
])

/** The Object Types that can be registered and read. */
export const OBJECT_TYPES: readonly ObjectType[] = [...FORMS.keys()]

const FORM_OF_TAG: ReadonlyMap<number, ObjectForm> = new Map(
  Array.from(FORMS.values(), (each) => [each.tag.number, each]),
)

function read(item: Item, version: Version): ObjectContent | undefined {
  const found = FORM_OF_TAG.get(item.tag)
  return found && within(found.tag, () => compile(found.codec, version).decode(item))
}

const objectTypes = membersOf(ObjectType)

function write(content: ObjectContent, version: Version): Item {
  const found = FORMS.get(content.objectType)
  const member = objectTypes.memberOf(content.objectType)
  if (found === undefined || member === undefined || !existsIn(member, version)) {
    throw notInVersion()
  }
  return compile(found.codec, version).encode(found.tag.number, content)
}

export interface ObjectField extends Field<ObjectContent, 'required'> {
  bind(version: Version): SingleField<ObjectContent>
}

/** The Object Type that Import of KMIP 2.x states; it is no field of 1.4, where `null` stands for it. */
export const statedObjectType: Field<ObjectType | null, 'required'> = {
  presence: 'required',
  bind(version) {
    const bound = required(Tag.ObjectType).bind(version)
    if (bound === undefined || bound.many || majorOf(version) !== 1) return bound
    return {
      ...bound,
      read: (item: Item | undefined) => (item === undefined ? null : bound.read(item)),
      write: (type, into) => {
        if (type !== null) bound.write(type, into)
      },
    }
  },
}

/** Any managed object, told apart by its tag: what Register takes and Get gives. */
export const managedObject: ObjectField = {
  presence: 'required',
  bind: (version) => ({
    tags: [...FORM_OF_TAG.values()]
      .map(({ tag }) => tag)
      .filter((tag) => existsInMajor(tag, version)),
    many: false,
    written: true,
    read: (item) => (item === undefined ? undefined : read(item, version)),
    write: (content, into) => into.push(write(content, version)),
  }),
}

/** The same where there may be none: Export has nothing to give of a destroyed object. */
export const optionalObject: Field<ObjectContent, 'optional'> = {
  presence: 'optional',
  bind: (version) => managedObject.bind(version),
}
