import { KmipFault } from '../fault/fault.ts'
import { requestedAttributes } from '../message/attributes.ts'
import { uniqueIdentifier } from '../message/identified.ts'
import type { AttributeEntry } from '../model/attribute-set.ts'
import type { ObjectContent } from '../model/content.ts'
import { optional, required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { KeyFormatType } from '../spec/enum/key-format-type.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { SecretDataType } from '../spec/enum/secret-data-type.ts'
import { ProtectionStorageMasksStruct } from '../spec/structure/protection-storage-masks.ts'
import { Tag } from '../spec/tag.ts'
import type { OperationContext } from './context.ts'
import { defineOperation } from './definition.ts'
import { placeOf } from './resident/placement.ts'
import { residentSecretKey } from './resident/secret-key.ts'
import { addObject, newObjectEntries, requestedValue } from './shared/creation.ts'
import { generateKey } from './shared/generation.ts'

const CreateRequest = struct({
  objectType: required(Tag.ObjectType),
  attributes: requestedAttributes({ v1: Tag.TemplateAttribute, v2: Tag.Attributes }),
  protectionStorageMasks: optional(Tag.ProtectionStorageMasks, ProtectionStorageMasksStruct),
})

const CreateResponse = struct({ objectType: required(Tag.ObjectType), uniqueIdentifier })

/** Bits of a secret that a request gives no length for. */
const SECRET_BITS = 256
const LARGEST_SECRET_BITS = 65_536

function generateSecret(
  entries: readonly AttributeEntry[],
  { random }: OperationContext,
): ObjectContent {
  const bits = requestedValue(entries, 'CryptographicLength') ?? SECRET_BITS
  if (bits <= 0 || bits > LARGEST_SECRET_BITS || bits % 8 !== 0) {
    throw new KmipFault('INVALID_ATTRIBUTE_VALUE', 'Cryptographic Length is not that of a secret')
  }
  return {
    objectType: ObjectType.SecretData,
    secretDataType: SecretDataType.Password,
    keyBlock: {
      keyFormatType: KeyFormatType.Opaque,
      keyValue: { form: 'bytes', material: random.bytes(bits / 8), attributes: [] },
    },
  }
}

/** KMIP 1.4 section 4.1, KMIP 2.1 section 6.1.8. */
export const create = defineOperation('Create', {
  request: CreateRequest,
  response: CreateResponse,
  identifies: ({ uniqueIdentifier: created }) => [created],
  async handle({ objectType, attributes, protectionStorageMasks }, context) {
    const entries = await newObjectEntries(attributes, objectType, context)
    const place = placeOf({ objectType, masks: protectionStorageMasks, entries }, context)
    if (place === 'token') {
      const resident = await residentSecretKey(entries, context)
      await context.objects.add(resident)
      return { objectType, uniqueIdentifier: resident.uniqueIdentifier }
    }
    const content = generate(objectType, entries, context)
    const object = await addObject(content, entries, context, true)
    return { objectType, uniqueIdentifier: object.uniqueIdentifier }
  },
})

function generate(
  objectType: ObjectType,
  entries: readonly AttributeEntry[],
  context: OperationContext,
): ObjectContent {
  if (objectType === ObjectType.SymmetricKey) return generateKey(entries, context)
  if (objectType === ObjectType.SecretData) return generateSecret(entries, context)
  throw new KmipFault('WRONG_OBJECT_TYPE', 'Objects of this type cannot be created')
}
