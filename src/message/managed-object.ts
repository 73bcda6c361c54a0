import type {
  CertificateContent,
  CertificateRequestContent,
  ObjectContent,
  OpaqueContent,
  PGPKeyContent,
  PrivateKeyContent,
  PublicKeyContent,
  SecretDataContent,
  SplitKeyContent,
  SymmetricKeyContent,
  TemplateContent,
} from '../model/content.ts'
import { compile, type Codec } from '../schema/codec.ts'
import { mapped } from '../schema/combine.ts'
import { optional, repeated, required, within, type Field } from '../schema/field.ts'
import { bytes } from '../schema/primitive.ts'
import { struct } from '../schema/struct.ts'
import type { TagRow } from '../schema/tag.ts'
import { existsInMajor, type Version } from '../schema/version.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { Tag } from '../spec/tag.ts'
import type { Item } from '../ttlv/item.ts'
import { KeyBlockStruct } from './key-block.ts'
import * as v1 from './v1/attribute.ts'

const keyBlock = required(Tag.KeyBlock, KeyBlockStruct)

const CertificateStruct = struct({
  certificateType: required(Tag.CertificateType),
  certificateValue: required(Tag.CertificateValue, bytes),
})
const KeyStruct = struct({ keyBlock })
const SplitKeyStruct = struct({
  splitKeyParts: required(Tag.SplitKeyParts),
  keyPartIdentifier: required(Tag.KeyPartIdentifier),
  splitKeyThreshold: required(Tag.SplitKeyThreshold),
  splitKeyMethod: required(Tag.SplitKeyMethod),
  primeFieldSize: optional(Tag.PrimeFieldSize),
  keyBlock,
})
const TemplateStruct = struct({ attributes: repeated(Tag.Attribute, v1.attribute) })
const SecretDataStruct = struct({ secretDataType: required(Tag.SecretDataType), keyBlock })
const OpaqueObjectStruct = struct({
  opaqueDataType: required(Tag.OpaqueDataType),
  opaqueDataValue: required(Tag.OpaqueDataValue),
})
const PGPKeyStruct = struct({ pgpKeyVersion: required(Tag.PGPKeyVersion), keyBlock })
const CertificateRequestStruct = struct({
  certificateRequestType: required(Tag.CertificateRequestType),
  certificateRequestValue: required(Tag.CertificateRequestValue, bytes),
})

interface ObjectForm {
  readonly tag: TagRow<unknown>
  readonly codec: Codec<ObjectContent>
}

/** The structure of one object type; the type itself is told by the tag and is put in beside the fields. */
function form<T extends ObjectContent>(
  tag: TagRow<unknown>,
  objectType: T['objectType'],
  codec: Codec<Omit<T, 'objectType'>>,
): ObjectForm {
  const content = mapped<ObjectContent, Omit<T, 'objectType'>>(codec, {
    // The fields of T without its type, and its type, are a T; the compiler does not follow that for a generic T.
    decode: (fields) => ({ objectType, ...fields }) as T,
    encode: (value) => value as T,
  })
  return { tag, codec: content }
}

/** Each managed object's structure (KMIP 1.4 section 2.2, KMIP 2.1 section 2). */
const FORMS: ReadonlyMap<number, ObjectForm> = new Map([
  [
    ObjectType.Certificate,
    form<CertificateContent>(Tag.Certificate, ObjectType.Certificate, CertificateStruct),
  ],
  [
    ObjectType.SymmetricKey,
    form<SymmetricKeyContent>(Tag.SymmetricKey, ObjectType.SymmetricKey, KeyStruct),
  ],
  [ObjectType.PublicKey, form<PublicKeyContent>(Tag.PublicKey, ObjectType.PublicKey, KeyStruct)],
  [
    ObjectType.PrivateKey,
    form<PrivateKeyContent>(Tag.PrivateKey, ObjectType.PrivateKey, KeyStruct),
  ],
  [ObjectType.SplitKey, form<SplitKeyContent>(Tag.SplitKey, ObjectType.SplitKey, SplitKeyStruct)],
  [ObjectType.Template, form<TemplateContent>(Tag.Template, ObjectType.Template, TemplateStruct)],
  [
    ObjectType.SecretData,
    form<SecretDataContent>(Tag.SecretData, ObjectType.SecretData, SecretDataStruct),
  ],
  [
    ObjectType.OpaqueObject,
    form<OpaqueContent>(Tag.OpaqueObject, ObjectType.OpaqueObject, OpaqueObjectStruct),
  ],
  [ObjectType.PGPKey, form<PGPKeyContent>(Tag.PGPKey, ObjectType.PGPKey, PGPKeyStruct)],
  [
    ObjectType.CertificateRequest,
    form<CertificateRequestContent>(
      Tag.CertificateRequest,
      ObjectType.CertificateRequest,
      CertificateRequestStruct,
    ),
  ],
])

const FORM_OF_TAG: ReadonlyMap<number, ObjectForm> = new Map(
  Array.from(FORMS.values(), (each) => [each.tag.number, each]),
)

function read(item: Item, version: Version): ObjectContent | undefined {
  const found = FORM_OF_TAG.get(item.tag)
  return found && within(found.tag, () => compile(found.codec, version).decode(item))
}

function write(content: ObjectContent, version: Version): readonly Item[] {
  const found = FORMS.get(content.objectType)
  return found === undefined
    ? []
    : [compile(found.codec, version).encode(found.tag.number, content)]
}

/** Any managed object, told apart by its tag: what Register takes and Get gives. */
export const managedObject: Field<ObjectContent, 'required'> = {
  presence: 'required',
  bind: (version) => ({
    tags: [...FORM_OF_TAG.values()]
      .map(({ tag }) => tag)
      .filter((tag) => existsInMajor(tag, version)),
    many: false,
    written: true,
    read: ([item]) => (item === undefined ? undefined : read(item, version)),
    write: (content) => write(content, version),
  }),
}
