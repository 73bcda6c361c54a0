import { bytes, dateTime, enumeration, integer, structure, text, type AnyTag } from './bytes.ts'
import { KeyFormat, UNINTERPRETED_TEXT } from './numbers.ts'

/** Versions that clients state. */
export type KmipVersion = '1.0' | '1.1' | '1.2' | '1.3' | '1.4' | '2.0' | '2.1'

/** The Protocol Version of a header, or in a list. */
export function version(stated: KmipVersion): Buffer {
  const [major = 0, minor = 0] = stated.split('.').map(Number)
  return structure(
    'ProtocolVersion',
    integer('ProtocolVersionMajor', major),
    integer('ProtocolVersionMinor', minor),
  )
}

/** A request of these header fields, in this order, and these items. */
export function message(header: readonly Uint8Array[], ...items: readonly Uint8Array[]): Buffer {
  return structure('RequestMessage', structure('RequestHeader', ...header), ...items)
}

/** A request of one item and a header of version and Batch Count alone. */
export function bare(stated: KmipVersion, item: Uint8Array): Buffer {
  return message([version(stated), integer('BatchCount', 1)], item)
}

/** @param id - the Unique Batch Item ID; without one there is none */
export function batchItem(
  operation: number,
  payload: readonly Uint8Array[],
  id?: Uint8Array,
): Buffer {
  return structure(
    'BatchItem',
    enumeration('Operation', operation),
    ...(id === undefined ? [] : [bytes('UniqueBatchItemID', id)]),
    structure('RequestPayload', ...payload),
  )
}

/** The time that the client's clock shows. */
export function timeStamp(): Buffer {
  return dateTime('TimeStamp', Math.floor(Date.now() / 1000))
}

export function identifier(value: string): Buffer {
  return text('UniqueIdentifier', value)
}

/** A Template-Attribute of 1.x. */
export function template(...attributes: readonly Uint8Array[]): Buffer {
  return structure('TemplateAttribute', ...attributes)
}

/**
 * An attribute of 1.x.
 *
 * @param value - writes the Attribute Value under the tag it is given
 * @param index - the Attribute Index; without one there is none
 */
export function attribute(
  name: string,
  value: (tag: AnyTag) => Uint8Array,
  index?: number,
): Buffer {
  return structure(
    'Attribute',
    text('AttributeName', name),
    ...(index === undefined ? [] : [integer('AttributeIndex', index)]),
    value('AttributeValue'),
  )
}

export const textAttribute = (name: string, value: string, index?: number): Buffer =>
  attribute(name, (tag) => text(tag, value), index)

export const enumAttribute = (name: string, value: number, index?: number): Buffer =>
  attribute(name, (tag) => enumeration(tag, value), index)

export const integerAttribute = (name: string, value: number, index?: number): Buffer =>
  attribute(name, (tag) => integer(tag, value), index)

/** A Name attribute of uninterpreted text. */
export const nameAttribute = (value: string, index?: number): Buffer =>
  attribute('Name', (tag) => nameStructure(tag, value), index)

/** A Name, under its own tag or as an Attribute Value. */
export function nameStructure(tag: AnyTag, value: string): Buffer {
  return structure(tag, text('NameValue', value), enumeration('NameType', UNINTERPRETED_TEXT))
}

/** Algorithm and length of a key, as its Key Block and its attributes tell them. */
export interface Kind {
  readonly algorithm: number
  readonly length: number
}

/** A Key Block of plain material; secrets are of no kind. */
export function keyBlock(format: number, material: Uint8Array, kind?: Kind): Buffer {
  return structure(
    'KeyBlock',
    enumeration('KeyFormatType', format),
    structure('KeyValue', bytes('KeyMaterial', material)),
    ...(kind === undefined
      ? []
      : [
          enumeration('CryptographicAlgorithm', kind.algorithm),
          integer('CryptographicLength', kind.length),
        ]),
  )
}

export function symmetricKey(material: Uint8Array, algorithm: number): Buffer {
  const kind = { algorithm, length: material.length * 8 }
  return structure('SymmetricKey', keyBlock(KeyFormat.raw, material, kind))
}

/** @param format - of the Key Block: raw or opaque */
export function secretData(type: number, format: number, material: Uint8Array): Buffer {
  return structure('SecretData', enumeration('SecretDataType', type), keyBlock(format, material))
}

/** A Username and Password credential in a header. */
export function authentication(username: string, password: string): Buffer {
  return structure(
    'Authentication',
    structure(
      'Credential',
      enumeration('CredentialType', 1),
      structure('CredentialValue', text('Username', username), text('Password', password)),
    ),
  )
}
