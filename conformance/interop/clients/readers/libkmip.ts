import { Operation, Status } from '../wire/numbers.ts'
import { Positions, ReaderError, type Field } from '../wire/field.ts'
import { readTwice } from './framing.ts'
import { versionOf } from './version.ts'
import type { Reader } from './reader.ts'

/**
 * libkmip and what is built on it: every field in its place, extra fields only where it stops reading. It reads the body
 * at one go.
 */
export const libkmip: Reader = { receive: readTwice, check }

function check(message: Field): void {
  const parts = new Positions(message)
  const header = new Positions(parts.take('ResponseHeader'))
  header.take('ProtocolVersion')
  header.take('TimeStamp').seconds()
  const count = header.take('BatchCount').number()
  header.end()
  for (let index = 0; index < count; index += 1) {
    checkItem(parts.take('BatchItem'), versionOf(message))
  }
}

function checkItem(item: Field, version: string): void {
  const parts = new Positions(item)
  const operation = parts.take('Operation').number()
  parts.maybe('UniqueBatchItemID')?.bytes()
  const status = parts.take('ResultStatus').number()
  parts.maybe('ResultReason')?.number()
  parts.maybe('ResultMessage')?.text()
  parts.maybe('AsynchronousCorrelationValue')?.bytes()
  if (status !== Status.success) return
  const payload = new Positions(parts.take('ResponsePayload'))
  PAYLOADS[operation]?.(payload, version)
}

type PayloadReader = (payload: Positions, version: string) => void

const PAYLOADS: Readonly<Record<number, PayloadReader>> = {
  [Operation.create]: (payload) => {
    payload.take('ObjectType').number()
    payload.take('UniqueIdentifier').text()
  },
  [Operation.register]: takeIdentifier,
  [Operation.activate]: takeIdentifier,
  [Operation.revoke]: takeIdentifier,
  [Operation.destroy]: takeIdentifier,
  [Operation.locate](payload, version) {
    if (version >= '1.3') payload.maybe('LocatedItems')?.number()
    for (const identifier of payload.many('UniqueIdentifier')) checkIdentifier(identifier)
    payload.end()
  },
  [Operation.get](payload) {
    const type = payload.take('ObjectType').number()
    payload.take('UniqueIdentifier').text()
    checkObject(payload, type)
  },
  [Operation.getAttributes](payload) {
    payload.take('UniqueIdentifier').text()
    for (const attribute of payload.many('Attribute')) checkAttribute(attribute)
  },
  [Operation.query](payload) {
    for (const operation of payload.many('Operation')) operation.number()
    for (const type of payload.many('ObjectType')) type.number()
    payload.maybe('VendorIdentification')?.text()
    payload.maybe('ServerInformation')
  },
}

function takeIdentifier(payload: Positions): void {
  checkIdentifier(payload.take('UniqueIdentifier'))
}

/** The buffers that the callers have for it hold 128 bytes. */
function checkIdentifier(identifier: Field): void {
  if (identifier.text().length >= 128) throw new ReaderError('the identifier is too long')
}

function checkObject(payload: Positions, type: number): void {
  const tag = OBJECTS[type]
  if (tag === undefined) throw new ReaderError(`no objects of type ${type} are known`)
  const object = new Positions(payload.take(tag))
  if (tag === 'SecretData') object.take('SecretDataType').number()
  const block = new Positions(object.take('KeyBlock'))
  block.take('KeyFormatType').number()
  block.maybe('KeyCompressionType')?.number()
  const value = new Positions(block.take('KeyValue'))
  value.take('KeyMaterial')
  for (const attribute of value.many('Attribute')) checkAttribute(attribute)
  block.maybe('CryptographicAlgorithm')?.number()
  block.maybe('CryptographicLength')?.number()
  block.maybe('KeyWrappingData')
}

const OBJECTS: Readonly<
  Record<number, 'SymmetricKey' | 'PublicKey' | 'PrivateKey' | 'SecretData'>
> = { 2: 'SymmetricKey', 3: 'PublicKey', 4: 'PrivateKey', 7: 'SecretData' }

function checkAttribute(attribute: Field): void {
  const name = attribute.at('AttributeName').text()
  if (!KNOWN.has(name)) throw new ReaderError(`the attribute ${name} is not known`)
}

const KNOWN = new Set([
  'Unique Identifier',
  'Name',
  'Object Type',
  'Cryptographic Algorithm',
  'Cryptographic Length',
  'Cryptographic Parameters',
  'Operation Policy Name',
  'Cryptographic Usage Mask',
  'State',
  'Application Specific Information',
  'Object Group',
  'Activation Date',
  'Deactivation Date',
  'Process Start Date',
  'Protect Stop Date',
])
