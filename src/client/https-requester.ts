import { Agent, request as httpsRequest } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { finished } from 'node:stream/promises'
import type { SecureContext } from 'node:tls'
import { GatheredBytes } from '../server/http/gathered-bytes.ts'
import { DEFAULT_LIMITS } from '../ttlv/limits.ts'
import { PATIENCE_MS, unavailable, type EndpointAddress, type Requester } from './requester.ts'

/** Messages in the bodies of POST /kmip over one kept HTTPS connection (KMIP message encodings section 2). */
export class HttpsRequester implements Requester {
  readonly #address: EndpointAddress
  readonly #contentType: string
  readonly #agent: Agent
  #isOver = false

  constructor(address: EndpointAddress, contentType: string, secureContext: SecureContext) {
    this.#address = address
    this.#contentType = contentType
    const { serverName } = address
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: 1,
      secureContext,
      minVersion: 'TLSv1.2',
      ...(serverName === undefined ? {} : { servername: serverName }),
    })
  }

  get isOver(): boolean {
    return this.#isOver
  }

  async exchange(
    message: Uint8Array,
    isWanted: () => Promise<boolean>,
  ): Promise<Uint8Array | undefined> {
    if (this.#isOver) throw unavailable()
    try {
      const response = await this.#post(message, isWanted)
      return response && (await bodyOf(response, this.#contentType))
    } catch (cause) {
      this.close()
      throw unavailable(cause)
    }
  }

  close(): void {
    this.#isOver = true
    this.#agent.destroy()
  }

  async #post(
    message: Uint8Array,
    isWanted: () => Promise<boolean>,
  ): Promise<IncomingMessage | undefined> {
    const { host, port } = this.#address
    return new Promise((resolve, reject) => {
      const request = httpsRequest({
        method: 'POST',
        path: '/kmip',
        host,
        port,
        agent: this.#agent,
        headers: { 'Content-Type': this.#contentType, 'Content-Length': message.length },
        timeout: PATIENCE_MS,
      })
      request.once('response', resolve)
      request.once('error', reject)
      request.once('timeout', () => request.destroy(new Error('nothing came in time')))
      const go = (): void => {
        isWanted().then((isSo) => {
          if (isSo) request.end(message)
          else {
            resolve(undefined)
            request.destroy()
          }
        }, reject)
      }
      // The head waits for the body, and the body until the client is there to take it.
      request.once('socket', (socket) => {
        if (request.reusedSocket) go()
        else socket.once('secureConnect', go)
      })
    })
  }
}

async function bodyOf(response: IncomingMessage, contentType: string): Promise<Uint8Array> {
  const { statusCode, headers } = response
  const isInKind = headers['content-type']?.split(';')[0]?.trim().toLowerCase() === contentType
  if (statusCode !== 200 || !isInKind) {
    response.resume()
    throw new Error(`the answer has status ${statusCode ?? 0}, or another Content-Type`)
  }
  const body = new GatheredBytes()
  response.on('data', (piece: Buffer) => {
    body.push(piece)
    if (body.length > DEFAULT_LIMITS.messageBytes) response.destroy(new Error('too long an answer'))
  })
  await finished(response)
  return body.takeAll()
}
