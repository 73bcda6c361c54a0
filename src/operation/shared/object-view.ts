import { KmipFault } from '../../fault/fault.ts'
import { keyWrappingSpecification } from '../../message/key-wrapping.ts'
import { keyBlockOf, withKeyBlock, type ObjectContent } from '../../model/content.ts'
import type { KeyBlock } from '../../model/key-block.ts'
import { hides } from '../../model/key-wrapping.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { optional } from '../../schema/field.ts'
import type { StructValue } from '../../schema/struct.ts'
import { EncodingOption } from '../../spec/enum/encoding-option.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import { KeyWrapType } from '../../spec/enum/key-wrap-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import { Tag } from '../../spec/tag.ts'
import type { OperationContext } from '../context.ts'
import { packContainer } from './container.ts'
import { wrappedKeyBlock } from './key-wrapping.ts'
import { padBlock } from './pad.ts'
import { plainKeyBlock, type PlainKeyBlock } from './plain-key.ts'

/** How Get and Export ask for an object to be given. */
export const viewFields = {
  keyFormatType: optional(Tag.KeyFormatType),
  keyWrapType: optional(Tag.KeyWrapType, { since: '1.4' }),
  keyCompressionType: optional(Tag.KeyCompressionType),
  keyWrappingSpecification: optional(Tag.KeyWrappingSpecification, keyWrappingSpecification),
}

export type View = StructValue<typeof viewFields>

/**
 * An object in the form that a request asks for (KMIP 1.4 section 4.11, KMIP 2.1 section 6.1.19): as it was registered
 * where it does not say.
 *
 * @throws KmipFault `OBJECT_DESTROYED`, `SENSITIVE`, `NOT_EXTRACTABLE`, `KEY_FORMAT_UNSUPPORTED`,
 * `KEY_COMPRESSION_UNSUPPORTED`, `KEY_WRAP_TYPE_UNSUPPORTED`, `KEY_VALUE_NOT_PRESENT`, `NOT_PERMITTED`, `WRONG_OBJECT_TYPE` for wrapping
 * what has no Key Block, and what stands against a wrapping key: see `plainKeyBlock` and `wrappedKeyBlock`
 */
export async function viewOf(
  object: ManagedObject,
  view: View,
  context: OperationContext,
): Promise<ObjectContent> {
  const { content } = object
  if (content === undefined) throw new KmipFault('OBJECT_DESTROYED', 'The object is destroyed')
  checkView(view)
  checkMayLeave(object, view)
  const keyBlock = keyBlockOf(content)
  if (keyBlock === undefined) {
    checkWithoutKey(content, view)
    return content
  }
  const pad = padBlock(object, keyBlock, context)
  if (pad !== undefined) return withKeyBlock(content, pad)
  if (keyBlock.keyValue === undefined) {
    checkAsKept(keyBlock, view)
    return content
  }
  if (isGivenAsKept(keyBlock, view)) return content
  if (view.keyFormatType === KeyFormatType.PKCS_12) return containerIn(view, object, context)
  return withKeyBlock(content, await keyBlockIn(view, { object, keyBlock }, context))
}

/** Nearly every Get asks for nothing but the key. */
function isGivenAsKept(keyBlock: KeyBlock, view: View): boolean {
  const isPlain = keyBlock.keyWrappingData === undefined
  return (
    view.keyWrappingSpecification === undefined &&
    (isPlain || view.keyWrapType !== KeyWrapType.NotWrapped) &&
    isAsKept(keyBlock, view)
  )
}

const WRAP_TYPES: readonly KeyWrapType[] = [KeyWrapType.NotWrapped, KeyWrapType.AsRegistered]

const ENCODING_OPTIONS: readonly EncodingOption[] = [
  EncodingOption.NoEncoding,
  EncodingOption.TTLVEncoding,
]

function checkView({ keyWrapType, keyWrappingSpecification: specification }: View): void {
  if (keyWrapType !== undefined && !WRAP_TYPES.includes(keyWrapType)) {
    throw new KmipFault('KEY_WRAP_TYPE_UNSUPPORTED', 'The Key Wrap Type is not supported')
  }
  if (keyWrapType !== undefined && specification !== undefined) {
    throw new KmipFault('INVALID_FIELD', 'A Key Wrap Type contradicts a Key Wrapping Specification')
  }
  const option = specification?.encodingOption
  if (option !== undefined && !ENCODING_OPTIONS.includes(option)) {
    throw new KmipFault('ENCODING_OPTION_ERROR', 'The Encoding Option is not supported')
  }
}

/**
 * Refuses to show what must not leave in the clear (KMIP 1.4 sections 3.48, 3.50, 11.12): a sensitive object leaves
 * encrypted under another key, an object that is not extractable not at all.
 */
function checkMayLeave({ attributes, content }: ManagedObject, view: View): void {
  if (attributes.get('Extractable') === false) {
    throw new KmipFault('NOT_EXTRACTABLE', 'The object is not extractable')
  }
  if (attributes.get('Sensitive') !== true) return
  const kept = content && keyBlockOf(content)?.keyWrappingData
  const asKept = view.keyWrapType === KeyWrapType.NotWrapped ? undefined : kept
  const wrapping = view.keyWrappingSpecification ?? asKept
  if (wrapping === undefined || !hides(wrapping)) {
    throw new KmipFault('SENSITIVE', 'The object is sensitive')
  }
}

/** The official cases show Raw as the Key Format Type of a certificate too. */
const OWN_FORMATS: ReadonlyMap<ObjectType, readonly KeyFormatType[]> = new Map<
  ObjectType,
  readonly KeyFormatType[]
>([
  [ObjectType.Certificate, [KeyFormatType.X_509, KeyFormatType.Raw]],
  [ObjectType.CertificateRequest, [KeyFormatType.PKCS_10, KeyFormatType.Raw]],
  [ObjectType.OpaqueObject, [KeyFormatType.Opaque]],
])

/** An object without a Key Block has one form, its default Key Format Type (KMIP 2.1 section 4.26). */
function checkWithoutKey({ objectType }: ObjectContent, view: View): void {
  const { keyFormatType, keyCompressionType, keyWrappingSpecification: specification } = view
  if (
    keyFormatType !== undefined &&
    OWN_FORMATS.get(objectType)?.includes(keyFormatType) !== true
  ) {
    throw formatUnsupported()
  }
  if (keyCompressionType !== undefined) throw compressionUnsupported()
  if (specification !== undefined) {
    throw new KmipFault('WRONG_OBJECT_TYPE', 'An object of this type cannot be wrapped')
  }
}

/** Of a key that is kept elsewhere there is nothing to convert or wrap (KMIP 1.4 section 3.41). */
function checkAsKept(keyBlock: KeyBlock, view: View): void {
  if (isAsKept(keyBlock, view) && view.keyWrappingSpecification === undefined) return
  throw new KmipFault('KEY_VALUE_NOT_PRESENT', 'The key is not kept here')
}

function isAsKept(keyBlock: KeyBlock, { keyFormatType, keyCompressionType }: View): boolean {
  return (
    (keyFormatType === undefined || keyFormatType === keyBlock.keyFormatType) &&
    (keyCompressionType === undefined || keyCompressionType === keyBlock.keyCompressionType)
  )
}

/** A container protects itself: it is neither wrapped nor compressed. */
async function containerIn(
  { keyCompressionType, keyWrappingSpecification }: View,
  object: ManagedObject,
  context: OperationContext,
): Promise<ObjectContent> {
  if (keyCompressionType !== undefined) throw compressionUnsupported()
  if (keyWrappingSpecification !== undefined) throw formatUnsupported()
  return packContainer(object, context)
}

interface Kept {
  readonly object: ManagedObject
  readonly keyBlock: KeyBlock
}

async function keyBlockIn(
  view: View,
  { object, keyBlock }: Kept,
  context: OperationContext,
): Promise<KeyBlock> {
  const { keyWrapType, keyWrappingSpecification: specification } = view
  const isKeptWrapped = keyBlock.keyWrappingData !== undefined
  if (isKeptWrapped && specification === undefined && keyWrapType !== KeyWrapType.NotWrapped) {
    throw misfit(keyBlock, view)
  }
  const plain = converted(object, await plainKeyBlock(object, context), { view, context })
  if (specification === undefined) return plain
  return wrappedKeyBlock({ object, keyBlock: plain }, specification, context)
}

/** What is wrapped can only be given as it is. */
function misfit(keyBlock: KeyBlock, view: View): KmipFault {
  return view.keyFormatType === keyBlock.keyFormatType || view.keyFormatType === undefined
    ? compressionUnsupported()
    : formatUnsupported()
}

function converted(
  { objectType }: ManagedObject,
  keyBlock: PlainKeyBlock,
  { view, context }: { readonly view: View; readonly context: OperationContext },
): PlainKeyBlock {
  if (isAsKept(keyBlock, view)) return keyBlock
  const { keyFormatType, keyCompressionType } = view
  if (
    keyCompressionType === undefined &&
    keyFormatType !== undefined &&
    isRenamed(objectType, keyBlock, keyFormatType)
  ) {
    return { ...keyBlock, keyFormatType }
  }
  if (!CONVERTIBLE.includes(objectType)) throw misfit(keyBlock, view)
  const block = context.keyFormats.convert(objectType, keyBlock, {
    ...(keyFormatType === undefined ? {} : { keyFormatType }),
    ...(keyCompressionType === undefined ? {} : { keyCompressionType }),
  })
  if (block.keyValue === undefined) throw formatUnsupported()
  context.destroyAfterAnswer(block.keyValue.material)
  return {
    ...keyBlock,
    keyFormatType: block.keyFormatType,
    ...(keyCompressionType === undefined ? {} : { keyCompressionType }),
    keyValue: block.keyValue,
  }
}

/** Object Types whose keys have forms that one can be made of another. */
const CONVERTIBLE: readonly ObjectType[] = [
  ObjectType.SymmetricKey,
  ObjectType.PublicKey,
  ObjectType.PrivateKey,
]

const BYTES: readonly KeyFormatType[] = [KeyFormatType.Raw, KeyFormatType.Opaque]

/** Secret Data is bytes under either name; the default is Raw, and clients register it as Opaque. */
function isRenamed(
  objectType: ObjectType,
  keyBlock: PlainKeyBlock,
  keyFormatType: KeyFormatType,
): boolean {
  const isBytes = BYTES.includes(keyFormatType) && BYTES.includes(keyBlock.keyFormatType)
  return objectType === ObjectType.SecretData && isBytes
}

function formatUnsupported(): KmipFault {
  return new KmipFault(
    'KEY_FORMAT_UNSUPPORTED',
    'The object is not to be had in this Key Format Type',
  )
}

function compressionUnsupported(): KmipFault {
  return new KmipFault(
    'KEY_COMPRESSION_UNSUPPORTED',
    'The object is not to be had in this Key Compression Type',
  )
}
