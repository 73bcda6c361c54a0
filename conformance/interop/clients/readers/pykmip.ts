import { KNOWN_TO_PYKMIP } from './pykmip-attributes.ts'
import { Operation, Status } from '../wire/numbers.ts'
import { Positions, ReaderError, type Field } from '../wire/field.ts'
import { readLooping } from './framing.ts'
import { versionOf } from './version.ts'
import type { Reader } from './reader.ts'

/** PyKMIP and what is built on it: every field in its place, and what is left over is an error. */
export const pykmip: Reader = { receive: readLooping, check }

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
  parts.end()
}

function checkItem(item: Field, version: string): void {
  const parts = new Positions(item)
  const operation = parts.take('Operation').number()
  parts.maybe('UniqueBatchItemID')?.bytes()
  const status = parts.take('ResultStatus').number()
  const reason = parts.maybe('ResultReason')?.number()
  const told = parts.maybe('ResultMessage')?.text()
  if (status !== Status.success && (reason === undefined || told === undefined)) {
    throw new ReaderError('a failure without reason or message')
  }
  parts.maybe('AsynchronousCorrelationValue')?.bytes()
  const payload = parts.maybe('ResponsePayload')
  if (payload !== undefined) {
    const fields = new Positions(payload)
    const read = PAYLOADS[operation]
    if (read === undefined) throw new ReaderError(`no operation ${operation} is known`)
    read(fields, version)
    fields.end()
  } else if (status === Status.success) {
    throw new ReaderError('a success without a payload')
  }
  parts.end()
}

type PayloadReader = (payload: Positions, version: string) => void

const identifier: PayloadReader = (payload) => {
  payload.take('UniqueIdentifier').text()
}

const attribute: PayloadReader = (payload, version) => {
  identifier(payload, version)
  checkAttribute(payload.take('Attribute'))
}

const PAYLOADS: Readonly<Record<number, PayloadReader>> = {
  [Operation.create](payload) {
    payload.take('ObjectType').number()
    payload.take('UniqueIdentifier').text()
  },
  [Operation.createKeyPair](payload) {
    payload.take('PrivateKeyUniqueIdentifier').text()
    payload.take('PublicKeyUniqueIdentifier').text()
  },
  [Operation.register]: identifier,
  [Operation.reKey]: identifier,
  [Operation.activate]: identifier,
  [Operation.revoke]: identifier,
  [Operation.destroy]: identifier,
  [Operation.addAttribute]: attribute,
  [Operation.modifyAttribute]: attribute,
  [Operation.deleteAttribute]: attribute,
  [Operation.check](payload) {
    payload.maybe('UniqueIdentifier')?.text()
    payload.maybe('UsageLimitsCount')
    payload.maybe('CryptographicUsageMask')?.number()
    payload.maybe('LeaseTime')?.number()
  },
  [Operation.locate](payload) {
    payload.maybe('LocatedItems')?.number()
    for (const found of payload.many('UniqueIdentifier')) found.text()
  },
  [Operation.get](payload) {
    payload.take('ObjectType').number()
    payload.take('UniqueIdentifier').text()
    checkObject(payload)
  },
  [Operation.getAttributes](payload) {
    payload.take('UniqueIdentifier').text()
    for (const each of payload.many('Attribute')) checkAttribute(each)
  },
  [Operation.getAttributeList](payload) {
    payload.take('UniqueIdentifier').text()
    for (const name of payload.many('AttributeName')) name.text()
  },
  [Operation.discoverVersions](payload) {
    payload.many('ProtocolVersion')
  },
  [Operation.encrypt](payload) {
    payload.take('UniqueIdentifier').text()
    payload.take('Data').bytes()
    payload.maybe('IVCounterNonce')?.bytes()
  },
  [Operation.decrypt](payload) {
    payload.take('UniqueIdentifier').text()
    payload.take('Data').bytes()
  },
  [Operation.query](payload) {
    for (const operation of payload.many('Operation')) checkMember(operation, 0x2b)
    for (const type of payload.many('ObjectType')) checkMember(type, 9)
    payload.maybe('VendorIdentification')?.text()
    payload.maybe('ServerInformation')
    payload.many('ApplicationNamespace')
    payload.many('ExtensionInformation')
  },
}

/** It raises on members of enumerations that it does not know. */
function checkMember(field: Field, last: number): void {
  const value = field.number()
  if (value < 1 || value > last) throw new ReaderError(`${field.name} ${value} is not known`)
}

function checkObject(payload: Positions): void {
  if (payload.maybe('Certificate') !== undefined) return
  const opaque = payload.maybe('OpaqueObject')
  if (opaque !== undefined) {
    const parts = new Positions(opaque)
    parts.take('OpaqueDataType').number()
    parts.take('OpaqueDataValue').bytes()
    parts.end()
    return
  }
  const secret = payload.maybe('SecretData')
  if (secret !== undefined) {
    const parts = new Positions(secret)
    parts.take('SecretDataType').number()
    checkKeyBlock(parts.take('KeyBlock'))
    parts.end()
    return
  }
  const key =
    payload.maybe('SymmetricKey') ?? payload.maybe('PublicKey') ?? payload.take('PrivateKey')
  const block = key.at('KeyBlock')
  checkKeyBlock(block)
  block.at('CryptographicAlgorithm').number()
  // Its upper layer takes the length of a key without looking whether it is there.
  block.at('CryptographicLength').number()
}

function checkKeyBlock(block: Field): void {
  const parts = new Positions(block)
  parts.take('KeyFormatType').number()
  parts.maybe('KeyCompressionType')?.number()
  // It reads the structure alone, wrapped or not, though the standard has wrapped values as byte strings too.
  const value = new Positions(parts.take('KeyValue'))
  value.take('KeyMaterial')
  value.many('Attribute')
  value.end()
  parts.maybe('CryptographicAlgorithm')?.number()
  parts.maybe('CryptographicLength')?.number()
  parts.maybe('KeyWrappingData')
  parts.end()
}

function checkAttribute(field: Field): void {
  const parts = new Positions(field)
  const name = parts.take('AttributeName').text()
  parts.maybe('AttributeIndex')?.number()
  const value = parts.take('AttributeValue')
  parts.end()
  if (name.startsWith('x-')) value.text()
  else if (!KNOWN_TO_PYKMIP.has(name)) throw new ReaderError(`the attribute ${name} is not known`)
}
