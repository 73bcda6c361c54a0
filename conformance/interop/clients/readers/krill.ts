import { Positions, ReaderError, type Field } from '../wire/field.ts'
import { Operation, Status } from '../wire/numbers.ts'
import type { TagName } from '../wire/bytes.ts'
import { readLooping } from './framing.ts'
import type { Reader } from './reader.ts'

/** kmip-protocol: its types say which fields there are, and it takes no others. */
export const krill: Reader = { receive: readLooping, check }

function check(message: Field): void {
  const parts = new Positions(message)
  const header = new Positions(parts.take('ResponseHeader'))
  header.take('ProtocolVersion')
  header.take('TimeStamp').seconds()
  const count = header.take('BatchCount').number()
  header.end()
  if (count !== 1) throw new ReaderError(`${count} items where one was asked for`)
  checkItem(parts.take('BatchItem'))
  parts.end()
}

function checkItem(item: Field): void {
  const parts = new Positions(item)
  const operation = parts.take('Operation').number()
  const status = parts.take('ResultStatus').number()
  if (status === Status.failed) {
    parts.take('ResultReason').number()
    parts.take('ResultMessage').text()
  } else {
    const payload = new Positions(parts.take('ResponsePayload'))
    for (const [tag, how] of PAYLOADS[operation] ?? []) {
      if (how === 'many') payload.many(tag)
      else if (how === 'maybe') payload.maybe(tag)
      else payload.take(tag)
    }
    payload.end()
  }
  parts.end()
}

type Fields = readonly (readonly [TagName, 'one' | 'maybe' | 'many'])[]

const IDENTIFIER: Fields = [['UniqueIdentifier', 'one']]

const PAYLOADS: Readonly<Record<number, Fields>> = {
  [Operation.query]: [
    ['Operation', 'many'],
    ['ObjectType', 'many'],
    ['VendorIdentification', 'maybe'],
    ['ServerInformation', 'maybe'],
  ],
  [Operation.createKeyPair]: [
    ['PrivateKeyUniqueIdentifier', 'one'],
    ['PublicKeyUniqueIdentifier', 'one'],
  ],
  [Operation.activate]: IDENTIFIER,
  [Operation.revoke]: IDENTIFIER,
  [Operation.destroy]: IDENTIFIER,
  [Operation.modifyAttribute]: [...IDENTIFIER, ['Attribute', 'one']],
  [Operation.get]: [['ObjectType', 'one'], ...IDENTIFIER, ['PublicKey', 'one']],
  [Operation.sign]: [...IDENTIFIER, ['SignatureData', 'one']],
  [Operation.rngRetrieve]: [['Data', 'one']],
}
