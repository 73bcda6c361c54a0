import { createHmac, type KeyObject } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Log } from '../../port/log.ts'

/** Where news of the server goes, by POST with JSON. */
export interface WebhookOptions {
  readonly url: URL
  /** PEM of the authorities that the receiver's certificate may be from; those of the system where it is absent. */
  readonly authorities?: Buffer | undefined
  /** What the body is authenticated with, by HMAC-SHA256. */
  readonly key?: KeyObject | undefined
  readonly log: Log
  /** Between two tries, in milliseconds; one more try than there are pauses. */
  readonly pausesMs?: readonly number[]
  /** The longest that a receiver may take for its answer. */
  readonly timeoutMs?: number
}

/** News that wait; further ones are dropped, and counted. */
const MOST_WAITING = 100

const PAUSES_MS: readonly number[] = [1_000, 5_000]
const TIMEOUT_MS = 5_000

/** Sends news one after the other, and tries each a few times. Nobody waits for it. */
export class Webhook {
  readonly #options: WebhookOptions
  readonly #waiting: string[] = []
  readonly #closing = new AbortController()
  #isSending = false
  #dropped = 0

  constructor(options: WebhookOptions) {
    this.#options = options
  }

  /** Takes in news, and returns at once. What is said must hold nothing secret. */
  send(news: Readonly<Record<string, string | number | undefined>>): void {
    if (this.#closing.signal.aborted) return
    if (this.#waiting.length >= MOST_WAITING) {
      this.#dropped += 1
      return
    }
    this.#waiting.push(JSON.stringify(news))
    if (!this.#isSending) void this.#sendAll()
  }

  /** Gives up what waits. */
  close(): void {
    this.#closing.abort()
    this.#waiting.length = 0
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true
    for (let body = this.#waiting.shift(); body !== undefined; body = this.#waiting.shift()) {
      await this.#deliver(body)
    }
    this.#isSending = false
    if (this.#dropped === 0) return
    this.#options.log.warn('alerts not sent', { dropped: this.#dropped })
    this.#dropped = 0
  }

  async #deliver(body: string): Promise<void> {
    const { pausesMs = PAUSES_MS, log } = this.#options
    for (const pause of [0, ...pausesMs]) {
      if (!(await this.#wait(pause))) return
      if (await this.#post(body)) return
    }
    if (!this.#closing.signal.aborted) {
      log.warn('alert not sent', { host: this.#options.url.host })
    }
  }

  /** False where there is nothing to wait for any more. */
  async #wait(milliseconds: number): Promise<boolean> {
    const { signal } = this.#closing
    if (milliseconds === 0 || signal.aborted) return !signal.aborted
    return new Promise((resolve) => {
      const stop = (): void => {
        clearTimeout(timer)
        resolve(false)
      }
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop)
        resolve(true)
      }, milliseconds)
      signal.addEventListener('abort', stop, { once: true })
    })
  }

  /** Whether the receiver took it. */
  async #post(body: string): Promise<boolean> {
    const { url, authorities, timeoutMs = TIMEOUT_MS } = this.#options
    const options = {
      method: 'POST',
      headers: this.#headersOf(body),
      agent: false,
      signal: this.#closing.signal,
      ...(authorities === undefined ? {} : { ca: authorities }),
    }
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    return new Promise((resolve) => {
      const outgoing = send(url, options, (response) => {
        response.on('error', () => undefined).resume()
        end(Math.floor((response.statusCode ?? 0) / 100) === 2)
      })
      const late = setTimeout(() => outgoing.destroy(new Error('no answer in time')), timeoutMs)
      const end = (isTaken: boolean): void => {
        clearTimeout(late)
        resolve(isTaken)
      }
      outgoing.on('error', () => {
        end(false)
      })
      outgoing.end(body)
    })
  }

  #headersOf(body: string): Record<string, string> {
    const { key } = this.#options
    return {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      ...(key === undefined
        ? {}
        : {
            'x-kmipd-signature': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
          }),
    }
  }
}
