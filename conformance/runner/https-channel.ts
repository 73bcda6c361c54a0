import { Agent, request, type RequestOptions } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { ChannelError, LONGEST_ANSWER, type Channel, type Target } from './connection.ts'
import type { Encoding } from './encoding.ts'

/**
 * Speaks to `/kmip` over HTTPS with mutual TLS, all messages on one connection. What the profile asks of a server's
 * answer is checked with each (KMIP message encodings section 2.5).
 */
export function openHttps(target: Target, encoding: Encoding): Channel {
  return new HttpsChannel(target, encoding)
}

class HttpsChannel implements Channel {
  readonly encoding: Encoding
  readonly #target: Target
  readonly #agent: Agent
  #exchanges = 0

  constructor(target: Target, encoding: Encoding) {
    this.#target = target
    this.encoding = encoding
    this.#agent = new Agent({ ...target.credentials, keepAlive: true, maxSockets: 1 })
  }

  async exchange(message: Uint8Array): Promise<Uint8Array> {
    const { timeout } = this.#target
    try {
      return await this.#post(message, AbortSignal.timeout(timeout))
    } catch (error) {
      if (error instanceof ChannelError) throw error
      const reason = error instanceof Error ? error.message : String(error)
      const late = error instanceof Error && error.name === 'AbortError'
      throw new ChannelError(late ? `no answer within ${timeout} ms` : reason, { cause: error })
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  async #post(message: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const call = request({ ...this.#options(message), signal }, (answer) => {
        // Whoever closes the connection after an answer makes each question pay for a handshake.
        if (this.#exchanges > 0 && !call.reusedSocket) {
          reject(new ChannelError('the server did not keep the connection'))
        }
        resolve(answer)
      })
      call.once('error', reject)
      call.end(message)
    })
    this.#exchanges += 1
    const body = await bodyOf(response)
    this.#check(response, body)
    return body
  }

  #options(message: Uint8Array): RequestOptions {
    const { host, port } = this.#target
    const headers = {
      'content-type': this.encoding.contentType,
      'content-length': message.length,
      'cache-control': 'no-cache',
    }
    return { host, port, method: 'POST', path: '/kmip', agent: this.#agent, headers }
  }

  #check({ statusCode, headers }: IncomingMessage, body: Uint8Array): void {
    const wanted = [
      ['status', '200', String(statusCode)],
      ['Content-Type', this.encoding.contentType, headers['content-type']],
      ['Content-Length', String(body.length), headers['content-length']],
      ['Cache-Control', 'no-cache', headers['cache-control']],
    ] as const
    for (const [what, expected, got] of wanted) {
      if (got === expected) continue
      throw new ChannelError(`${what} is ${got ?? 'missing'} instead of ${expected}`)
    }
  }
}

async function bodyOf(response: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response) {
    if (!(chunk instanceof Buffer)) throw new ChannelError('a body of no bytes')
    chunks.push(chunk)
    length += chunk.length
    if (length > LONGEST_ANSWER) throw new ChannelError(`an answer of more than ${length} bytes`)
  }
  return Buffer.concat(chunks)
}
