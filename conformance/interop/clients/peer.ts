import { decode } from '../../../src/ttlv/decode.ts'
import type { Item } from '../../../src/ttlv/item.ts'
import type { Target } from '../../runner/connection.ts'
import { checkAnswer } from '../../runner/golden.ts'
import { nodeOfItem } from '../../runner/template.ts'
import type { Reader } from './readers/reader.ts'
import { Answer } from './wire/answer.ts'
import { messageOf, ReaderError } from './wire/field.ts'
import { Wire, type Manner } from './wire/wire.ts'

/** Most bytes that a TLS record holds. */
const RECORD_BYTES = 16_384

/** A connection of a client: what it sends, and how it reads what comes. Every answer is held to the golden checks. */
export class Peer {
  readonly wire: Wire
  readonly #reader: Reader

  private constructor(wire: Wire, reader: Reader) {
    this.wire = wire
    this.#reader = reader
  }

  static async open(target: Target, reader: Reader, manner?: Manner): Promise<Peer> {
    return new Peer(await Wire.open(target, manner), reader)
  }

  /** Sends a request and reads its answer, beside which nothing may have come. */
  async ask(request: Uint8Array): Promise<Answer> {
    const [answer] = await this.askAll([request])
    if (answer === undefined) throw new ReaderError('no answer')
    return answer
  }

  /** Sends requests at one go and reads their answers, which must come in the same order. */
  async askAll(requests: readonly Uint8Array[]): Promise<readonly Answer[]> {
    for (const request of requests) this.wire.write(request)
    const answers: Answer[] = []
    for (const request of requests) answers.push(await this.#take(request))
    if (this.wire.hasMore) throw new ReaderError('more came than was asked for')
    return answers
  }

  close(): void {
    this.wire.close()
  }

  async #take(request: Uint8Array): Promise<Answer> {
    const before = this.wire.taken
    const bytes = await this.#reader.receive(this.wire)
    checkRecords(bytes.length, this.wire.taken - before)
    goldenOf(decode(request), decode(bytes))
    const message = messageOf(bytes)
    this.#reader.check(message)
    return new Answer(message)
  }
}

/**
 * What every answer must be, whoever reads it.
 *
 * @throws ReaderError with all that is wrong
 */
export function goldenOf(request: Item, answer: Item): void {
  const wrong = checkAnswer(nodeOfItem(request), nodeOfItem(answer)).map(
    ({ path, expected, got }) => `${path}: ${expected}, got ${got}`,
  )
  if (wrong.length > 0) throw new ReaderError(wrong.join('; '))
}

function checkRecords(length: number, records: number): void {
  if (records === Math.ceil(length / RECORD_BYTES)) return
  throw new ReaderError(`an answer of ${length} bytes in ${records} records`)
}
