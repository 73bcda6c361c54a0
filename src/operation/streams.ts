import { KmipFault } from '../fault/fault.ts'
import type { Random } from '../port/random.ts'
import type { DateTime } from '../schema/primitive.ts'
import { Secret } from '../secret/secret.ts'
import type { OperationName } from '../spec/operation.ts'
import type { ItemRun } from './item-run.ts'

/** What comes out of a cryptographic operation, or out of a part of one. */
export interface Outcome {
  /** Ciphertext, plaintext or digest. */
  readonly data?: Secret
  /** The IV that the server made; with the first part. */
  readonly iv?: Uint8Array
  /** Of authenticated encryption. */
  readonly tag?: Uint8Array
  /** A MAC or signature that was made. */
  readonly proof?: Uint8Array
  /** Whether the MAC or signature that came is right. */
  readonly isValid?: boolean
  /** Does what cannot be done at once, and gives what that comes to; called again, it gives the same. */
  readonly rest?: () => Promise<Outcome>
}

/** What a part of an operation brings. */
export interface Part {
  readonly data?: Secret
  /** The MAC or signature that is to be verified; it may come with any part. */
  readonly proof?: Uint8Array
}

/** A cryptographic operation under way. Whatever throws ends it. */
export interface Work {
  /** Whether it keeps all data until the end. */
  readonly gathers: boolean
  /** Takes a part and gives what is certain by now. */
  take(part: Part): Outcome
  finish(): Outcome
  /** Forgets what is held. */
  destroy(): void
}

/** What a stream is bound to: nobody else, no other operation and no other key can go on with it. */
export interface StreamBinding {
  /** Identifier of the client. */
  readonly client: string
  readonly operation: OperationName
  /** Unique Identifier of the key; empty for Hash. */
  readonly key: string
}

/** What one client may have under way. */
export interface StreamLimits {
  /** Streams of one client. */
  readonly perClient: number
  /** Bytes that the streams of one client keep, of those that keep all data until the end. */
  readonly bytes: number
  /** Seconds after which a stream that nobody goes on with is forgotten. */
  readonly seconds: number
}

/** What a part is answered with. */
export interface PartAnswer {
  readonly outcome: Outcome
  /** Absent in the answer to the last part. */
  readonly correlationValue?: Uint8Array
}

interface Stream {
  readonly id: string
  readonly binding: StreamBinding
  readonly work: Work
  held: number
  touched: DateTime
  /** Whether a part is being worked on. */
  busy: boolean
  /** Whether it ends with the part that is being worked on. */
  isUnwanted?: boolean
}

/** When and for what a part is taken. */
interface Occasion {
  readonly run: ItemRun
  readonly now: DateTime
}

/** What wakes the server up while nobody asks for anything. */
export interface Alarm {
  /** The moment, in seconds. */
  now(): DateTime
  /** Runs `task` every so many milliseconds until the function it returns is called. */
  every(milliseconds: number, task: () => void): () => void
}

const SWEEP_MS = 5_000

const toBytes = new TextEncoder()
const toText = new TextDecoder()

/**
 * Cryptographic operations by parts (KMIP 1.4 sections 2.1.15 to 2.1.17 and 4). Correlation Values are random and the
 * server's own. A stream ends with its last part, with any failure, when an answer to one of its parts cannot be given,
 * and when it was left alone for too long.
 */
export class Streams {
  readonly #limits: StreamLimits
  readonly #random: Random
  readonly #alarm: Alarm | undefined
  #stopSweeping: (() => void) | undefined
  /** By Correlation Value, the one that was left alone the longest first. */
  readonly #streams = new Map<string, Stream>()
  /** Answers to parts whose unit of work may have to be tried anew: no part may be taken twice. */
  readonly #answers = new WeakMap<ItemRun, PartAnswer>()

  /** @param alarm - ends streams that were left alone; without it they end when the next part comes, whoever sends it */
  constructor(limits: StreamLimits, random: Random, alarm?: Alarm) {
    this.#limits = limits
    this.#random = random
    this.#alarm = alarm
  }

  /** What was answered when the batch item was tried before. */
  answered({ run }: Occasion): PartAnswer | undefined {
    return this.#answers.get(run)
  }

  /** Takes the first part. Throws `SERVER_LIMIT`, `UNSUPPORTED_FEATURE` and what the work throws. */
  begin(binding: StreamBinding, begin: () => Work, part: Part, occasion: Occasion): PartAnswer {
    this.#expire(occasion.now)
    checkCanStream(occasion)
    const own = this.#of(binding.client)
    if (own.length >= this.#limits.perClient) {
      throw new KmipFault('SERVER_LIMIT', 'The client has too many operations under way')
    }
    const id = this.#random.identifier()
    const stream = { id, binding, work: begin(), held: 0, touched: occasion.now, busy: false }
    return this.#advance(stream, part, false, occasion)
  }

  /** Takes a further part. Throws `STREAM_NOT_FOUND`, `SERVER_LIMIT` and what the work throws. */
  proceed(
    binding: StreamBinding,
    value: Uint8Array,
    part: Part & { readonly isLast: boolean },
    occasion: Occasion,
  ): PartAnswer {
    this.#expire(occasion.now)
    checkCanStream(occasion)
    const stream = this.#streams.get(toText.decode(value))
    if (stream === undefined || stream.busy || !isSame(stream.binding, binding)) throw notFound()
    return this.#advance(stream, part, part.isLast, occasion)
  }

  /** Ends what a client has under way and will not go on with. A part that is being worked on is let finish. */
  abandon(client: string, value: Uint8Array): void {
    const stream = this.#streams.get(toText.decode(value))
    if (stream?.binding.client === client && !stream.busy) this.#end(stream)
  }

  /** Ends what clients have under way who will not go on with it. A part that is being worked on is let finish. */
  endOf(isGone: (client: string) => boolean): void {
    for (const stream of this.#streams.values()) {
      if (!isGone(stream.binding.client)) continue
      if (stream.busy) stream.isUnwanted = true
      else this.#end(stream)
    }
  }

  #advance(stream: Stream, part: Part, isLast: boolean, { run, now }: Occasion): PartAnswer {
    this.#reserve(stream, part)
    // Behind all others: those that are forgotten first stand in front.
    this.#streams.delete(stream.id)
    this.#streams.set(stream.id, stream)
    stream.touched = now
    this.#sweep()
    const answer = this.#guard(stream, () => answerOf(stream, part, isLast))
    this.#answers.set(run, answer)
    stream.busy = true
    run.whenSettled((isDone) => {
      stream.busy = false
      if (!isDone || isLast || stream.isUnwanted === true) this.#end(stream)
    })
    // The client cannot know what the part gave, so there is no going on.
    run.whenDropped(() => {
      if (this.#streams.has(stream.id)) this.#end(stream)
    })
    return answer
  }

  #reserve(stream: Stream, { data }: Part): void {
    if (!stream.work.gathers || data === undefined) return
    const all = this.#of(stream.binding.client).reduce((sum, { held }) => sum + held, data.length)
    if (all > this.#limits.bytes) {
      this.#end(stream)
      throw new KmipFault('SERVER_LIMIT', 'The operations under way keep too many bytes')
    }
    stream.held += data.length
  }

  #guard<R>(stream: Stream, work: () => R): R {
    try {
      return work()
    } catch (error) {
      this.#end(stream)
      throw error
    }
  }

  #end(stream: Stream): void {
    this.#streams.delete(stream.id)
    stream.work.destroy()
  }

  #of(client: string): readonly Stream[] {
    return Array.from(this.#streams.values()).filter(({ binding }) => binding.client === client)
  }

  /** Looks after streams for as long as there are any. */
  #sweep(): void {
    const alarm = this.#alarm
    this.#stopSweeping ??= alarm?.every(SWEEP_MS, () => {
      this.#expire(alarm.now())
      if (this.#streams.size > 0) return
      this.#stopSweeping?.()
      this.#stopSweeping = undefined
    })
  }

  #expire(now: DateTime): void {
    for (const stream of this.#streams.values()) {
      if (stream.touched + this.#limits.seconds > now) return
      if (!stream.busy) this.#end(stream)
    }
  }
}

/** All of an operation at once. */
export function carryOut(work: Work, part: Part): Outcome {
  try {
    const first = work.take(part)
    try {
      return joined(first, work.finish())
    } finally {
      first.data?.destroy()
    }
  } finally {
    work.destroy()
  }
}

function answerOf({ id, work }: Stream, part: Part, isLast: boolean): PartAnswer {
  if (isLast) return { outcome: carryOut(work, part) }
  return { outcome: work.take(part), correlationValue: toBytes.encode(id) }
}

/** The outcome with what came before its end. */
function joined(first: Outcome, last: Outcome): Outcome {
  const parts = [first.data, last.data].filter((data) => data !== undefined)
  if (parts.length === 0) return { ...first, ...last }
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const part of parts) {
    part.expose((bytes) => {
      whole.set(bytes, offset)
    })
    offset += part.length
  }
  last.data?.destroy()
  return { ...first, ...last, data: Secret.take(whole) }
}

/** What a stream has taken cannot be given back. */
function checkCanStream({ run }: Occasion): void {
  if (!run.canBeUndone) return
  throw new KmipFault('UNSUPPORTED_FEATURE', 'Parts of an operation cannot be undone')
}

function isSame(one: StreamBinding, other: StreamBinding): boolean {
  return one.client === other.client && one.operation === other.operation && one.key === other.key
}

function notFound(): KmipFault {
  return new KmipFault('STREAM_NOT_FOUND', 'No operation with this Correlation Value is under way')
}
