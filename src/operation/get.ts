import { KmipFault } from '../fault/fault.ts'
import { requestedIdentifier, uniqueIdentifier } from '../message/identified.ts'
import { managedObject } from '../message/managed-object.ts'
import { keyBlockOf, type ObjectContent } from '../model/content.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import type { Infer } from '../schema/codec.ts'
import { optional, required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'
import { loadOnline } from './shared/stored-object.ts'

const GetRequest = struct({
  uniqueIdentifier: requestedIdentifier,
  keyFormatType: optional(Tag.KeyFormatType),
  keyWrapType: optional(Tag.KeyWrapType, { since: '1.4' }),
  keyCompressionType: optional(Tag.KeyCompressionType),
  keyWrappingSpecification: optional(Tag.KeyWrappingSpecification),
})

const GetResponse = struct({
  objectType: required(Tag.ObjectType),
  uniqueIdentifier,
  object: managedObject,
})

/** What is left to give of an object. Throws `OBJECT_DESTROYED`. */
function contentOf({ content }: ManagedObject): ObjectContent {
  if (content !== undefined) return content
  throw new KmipFault('OBJECT_DESTROYED', 'The object is destroyed')
}

/** Refuses to show what must not leave in the clear (KMIP 1.4 section 11.12). */
function checkMayLeave({ attributes }: ManagedObject): void {
  if (attributes.get('Sensitive') === true) {
    throw new KmipFault('SENSITIVE', 'The object is sensitive')
  }
  if (attributes.get('Extractable') === false) {
    throw new KmipFault('NOT_EXTRACTABLE', 'The object is not extractable')
  }
}

/** Refuses a form that the object is not kept in. */
function checkForm(content: ObjectContent, request: Infer<typeof GetRequest>): void {
  const { keyFormatType, keyCompressionType, keyWrapType, keyWrappingSpecification } = request
  const block = keyBlockOf(content)
  if (keyFormatType !== undefined && keyFormatType !== block?.keyFormatType) {
    throw new KmipFault(
      'KEY_FORMAT_UNSUPPORTED',
      'The object is not to be had in this Key Format Type',
    )
  }
  if (keyCompressionType !== undefined && keyCompressionType !== block?.keyCompressionType) {
    throw new KmipFault(
      'KEY_COMPRESSION_UNSUPPORTED',
      'The object is not to be had in this Key Compression Type',
    )
  }
  if (keyWrapType !== undefined) {
    throw new KmipFault('KEY_WRAP_TYPE_UNSUPPORTED', 'Key Wrap Type is not supported')
  }
  if (keyWrappingSpecification !== undefined) {
    throw new KmipFault('UNSUPPORTED_FEATURE', 'Key wrapping is not supported')
  }
}

/** KMIP 1.4 section 4.11, KMIP 2.1 section 6.1.19. The first Get makes a fresh object used (1.4 section 3.34). */
export const get = defineOperation('Get', {
  request: GetRequest,
  response: GetResponse,
  async handle(request, context) {
    const object = await loadOnline(request.uniqueIdentifier, context)
    const content = contentOf(object)
    checkMayLeave(object)
    checkForm(content, request)
    if (object.attributes.get('Fresh') === true) {
      await context.objects.save({ ...object, attributes: object.attributes.with('Fresh', false) })
    }
    return {
      objectType: object.objectType,
      uniqueIdentifier: object.uniqueIdentifier,
      object: content,
    }
  },
})
