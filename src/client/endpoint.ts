import type { SecureContext } from 'node:tls'
import { describeBug } from '../fault/describe-bug.ts'
import { KmipFault } from '../fault/fault.ts'
import {
  readClientAnswer,
  writeServerRequest,
  type ServerRequest,
} from '../message/server-request.ts'
import type { Log } from '../port/log.ts'
import type { Version } from '../schema/version.ts'
import { Secret } from '../secret/secret.ts'
import { ResultStatus } from '../spec/enum/result-status.ts'
import { readMessage, writeText, type Encoding } from '../server/format.ts'
import { CONTENT_TYPES } from '../server/http/judge.ts'
import { encode } from '../ttlv/encode.ts'
import { DEFAULT_LIMITS } from '../ttlv/limits.ts'
import { HttpsRequester } from './https-requester.ts'
import { SocketRequester, type EndpointAddress, type Requester } from './requester.ts'

export interface EndpointOptions {
  readonly address: EndpointAddress
  /** The server's own certificate, and the authority that the client's is to be of. */
  readonly secureContext: SecureContext
  readonly version: Version
  /** TTLV goes over the bare TLS connection, XML and JSON over HTTPS. */
  readonly encoding: Encoding
  readonly log: Log
}

/** What is known of a request beside what it holds. */
export interface Conditions {
  /** What it waits for; it is not sent where that is rejected. */
  readonly told?: Promise<void>
  /** Whether it is to be sent still: asked just before it is, each time that it is tried. */
  readonly isWanted?: () => Promise<boolean>
}

interface Waiting {
  readonly operation: ServerRequest['operation']
  readonly bytes: Secret
  /** Whether it may be sent: it was told of. */
  readonly isTold: Promise<boolean>
  readonly isWanted: () => Promise<boolean>
}

const LONGEST_QUEUE = 1_000
/** What a client that is away may cost in memory. */
const LARGEST_QUEUE_BYTES = 16_777_216
/** How often a message is tried, and how long is waited between, in milliseconds. */
const ATTEMPTS = 3
const PAUSE_MS = 1_000

/**
 * A client that the server speaks to (KMIP 1.4 section 5). Messages go out in the order in which they came about; one
 * that cannot be delivered is given up after a few attempts, for what it tells can be asked for.
 */
export class Endpoint {
  readonly #options: EndpointOptions
  readonly #queue: Waiting[] = []
  #queuedBytes = 0
  #requester: Requester | undefined
  #isSending = false
  #isClosed = false

  constructor(options: EndpointOptions) {
    this.#options = options
  }

  /** Queues a request. It is encoded at once: what it tells of may have changed again when it is sent. */
  send(
    request: ServerRequest,
    { told = Promise.resolve(), isWanted = async () => Promise.resolve(true) }: Conditions = {},
  ): void {
    const { log } = this.#options
    const isTold = told.then(
      () => true,
      () => false,
    )
    if (this.#isClosed) return
    const bytes = Secret.take(this.#encode(request))
    const isFull = this.#queuedBytes + bytes.length > LARGEST_QUEUE_BYTES
    if (isFull || this.#queue.length >= LONGEST_QUEUE) {
      log.warn('message to a client dropped', { operation: request.operation })
      bytes.destroy()
      return
    }
    this.#queue.push({ operation: request.operation, bytes, isTold, isWanted })
    this.#queuedBytes += bytes.length
    if (!this.#isSending) void this.#sendAll()
  }

  /** Throws `INVALID_FIELD` for a text with characters that XML does not allow. */
  #encode(request: ServerRequest): Uint8Array {
    const { version, encoding } = this.#options
    const message = writeServerRequest(request, version)
    const bytes = encoding === 'ttlv' ? encode(message) : writeText(message, encoding)
    if (bytes !== undefined) return bytes
    throw new KmipFault('INVALID_FIELD', 'The message cannot be written in the encoding')
  }

  /** Forgets what was not sent. */
  close(): void {
    this.#isClosed = true
    this.#requester?.close()
    for (const { bytes } of this.#queue.splice(0)) bytes.destroy()
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      this.#queuedBytes -= next.bytes.length
      if (await next.isTold) await this.#deliver(next)
      else this.#options.log.warn('message to a client dropped: the audit cannot be written')
      next.bytes.destroy()
    }
    this.#isSending = false
  }

  async #deliver(waiting: Waiting): Promise<void> {
    const { operation } = waiting
    const { log } = this.#options
    for (let attempt = 1; attempt <= ATTEMPTS && !this.#isClosed; attempt += 1) {
      try {
        const answer = await this.#exchange(waiting)
        if (answer !== undefined) this.#judge(operation, answer)
        else log.info('message to a client dropped: it may not be told of it any more')
        return
      } catch (error) {
        this.#requester?.close()
        log.warn('client not reached', {
          operation,
          attempt,
          ...(error instanceof KmipFault
            ? { code: error.code, detail: error.detail }
            : describeBug(error)),
        })
        if (attempt < ATTEMPTS) await pause(PAUSE_MS * attempt)
      }
    }
  }

  async #exchange({ bytes, isWanted }: Waiting): Promise<Uint8Array | undefined> {
    if (this.#requester === undefined || this.#requester.isOver) {
      this.#requester = await this.#connect()
    }
    const requester = this.#requester
    return bytes.expose(async (request) => requester.exchange(request, isWanted))
  }

  async #connect(): Promise<Requester> {
    const { address, encoding, secureContext } = this.#options
    return encoding === 'ttlv'
      ? SocketRequester.connect(address, secureContext)
      : new HttpsRequester(address, CONTENT_TYPES[encoding], secureContext)
  }

  /** A refusal is for people to look into; it is not tried again. */
  #judge(operation: string, answer: Uint8Array): void {
    const { log, version, encoding } = this.#options
    const message = readMessage(answer, encoding, DEFAULT_LIMITS)
    for (const { resultStatus, resultReason } of readClientAnswer(message, version)) {
      if (resultStatus === ResultStatus.Success) log.debug('client answered', { operation })
      else log.warn('client refused', { operation, reason: resultReason })
    }
  }
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, milliseconds).unref()
  })
}
