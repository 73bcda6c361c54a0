import { ReaderError, type Field } from './field.ts'
import { Status } from './numbers.ts'

/** The items of an answer. */
export class Answer {
  readonly items: readonly Field[]

  constructor(message: Field) {
    this.items = message.all('BatchItem')
  }

  /**
   * The payload of an item, which must be a success of that operation.
   *
   * @throws ReaderError
   */
  payload(operation: number, index = 0): Field {
    const item = this.#item(operation, index)
    if (item.at('ResultStatus').number() !== Status.success) {
      const reason = item.maybe('ResultReason')?.number() ?? 0
      throw new ReaderError(`refused with ${reason}: ${item.maybe('ResultMessage')?.text() ?? ''}`)
    }
    return item.at('ResponsePayload')
  }

  /**
   * The Result Reason of an item, which must be a failure of that operation.
   *
   * @throws ReaderError
   */
  reason(operation: number, index = 0): number {
    const item = this.#item(operation, index)
    if (item.at('ResultStatus').number() !== Status.failed) throw new ReaderError('not refused')
    item.at('ResultMessage').text()
    return item.at('ResultReason').number()
  }

  /** The Unique Batch Item ID of an item, in hexadecimal, or undefined. */
  idOf(index: number): string | undefined {
    return this.items[index]?.maybe('UniqueBatchItemID')?.bytes().toString('hex')
  }

  #item(operation: number, index: number): Field {
    const item = this.items[index]
    if (item === undefined) throw new ReaderError(`no item ${index}`)
    const answered = item.at('Operation').number()
    if (answered !== operation) throw new ReaderError(`operation ${answered}, not ${operation}`)
    return item
  }
}

/** The text of a Unique Identifier in a payload. */
export function identifierIn(payload: Field): string {
  return payload.at('UniqueIdentifier').text()
}

/** The key material in the payload of a Get. */
export function materialIn(payload: Field): Buffer {
  const object = payload.children[2]
  if (object === undefined) throw new ReaderError('no object')
  return object.at('KeyBlock', 'KeyValue', 'KeyMaterial').bytes()
}

/** The attributes of a payload of 1.x by their names. */
export function attributesIn(payload: Field): ReadonlyMap<string, Field> {
  return new Map(
    payload
      .all('Attribute')
      .map((each) => [each.at('AttributeName').text(), each.at('AttributeValue')]),
  )
}
