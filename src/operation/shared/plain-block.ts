import { KmipFault } from '../../fault/fault.ts'
import { keyBlockOf, type ObjectContent } from '../../model/content.ts'
import type { PlainBlock } from '../../model/split-key/part.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import type { OperationContext } from '../context.ts'

/** The format in which a transparent key is one string of bytes. */
const FORMATS: ReadonlyMap<ObjectType, KeyFormatType> = new Map([
  [ObjectType.SymmetricKey, KeyFormatType.Raw],
  [ObjectType.PrivateKey, KeyFormatType.PKCS_8],
  [ObjectType.PublicKey, KeyFormatType.X_509],
  [ObjectType.SecretData, KeyFormatType.Raw],
])

/**
 * The key of an object as one string of bytes.
 *
 * @throws KmipFault `OBJECT_DESTROYED`, `WRONG_OBJECT_TYPE` for what holds no key, `KEY_VALUE_NOT_PRESENT`,
 * `UNSUPPORTED_FEATURE` for a wrapped key
 */
export function plainBlockOf(
  content: ObjectContent | undefined,
  { keyFormats }: OperationContext,
): PlainBlock {
  if (content === undefined) throw new KmipFault('OBJECT_DESTROYED', 'The object is destroyed')
  const format = FORMATS.get(content.objectType)
  const block = keyBlockOf(content)
  if (format === undefined || block === undefined) {
    throw new KmipFault('WRONG_OBJECT_TYPE', 'The object is not a key')
  }
  const plain =
    block.keyValue?.form === 'structure'
      ? keyFormats.convert(content.objectType, block, { keyFormatType: format })
      : block
  const { keyValue } = plain
  if (keyValue === undefined) {
    throw new KmipFault('KEY_VALUE_NOT_PRESENT', 'The key is kept elsewhere')
  }
  if (keyValue.form !== 'bytes' || plain.keyWrappingData !== undefined) {
    throw new KmipFault('UNSUPPORTED_FEATURE', 'The key is wrapped')
  }
  return { ...plain, keyValue }
}
