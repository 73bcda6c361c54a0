import type { Channel, Target } from '../../runner/connection.ts'
import { openHttps } from '../../runner/https-channel.ts'
import { goldenOf } from './peer.ts'
import type { Reader } from './readers/reader.ts'
import { Answer } from './wire/answer.ts'
import { messageOf } from './wire/field.ts'
import { bytesOf, type Form } from './wire/forms.ts'
import { decode } from '../../../src/ttlv/decode.ts'

/** A client that posts its messages to `/kmip` over HTTPS, all on one connection. */
export class Poster {
  readonly #channel: Channel
  readonly #form: Form
  readonly #reader: Pick<Reader, 'check'>

  constructor(target: Target, form: Form, reader: Pick<Reader, 'check'>) {
    this.#channel = openHttps(target, {
      contentType: form.contentType,
      write: () => new Uint8Array(),
      read: (answer) => form.read(answer),
    })
    this.#form = form
    this.#reader = reader
  }

  /** Posts a request, given in TTLV, in this client's form, and reads the answer in the same. */
  async ask(request: Uint8Array): Promise<Answer> {
    const answer = this.#form.read(await this.#channel.exchange(this.#form.write(request)))
    goldenOf(decode(request), answer)
    const message = messageOf(bytesOf(answer))
    this.#reader.check(message)
    return new Answer(message)
  }

  close(): void {
    this.#channel.close()
  }
}
