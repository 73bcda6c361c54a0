import type { FaultCode } from '../fault/fault-code.ts'
import { KmipFault } from '../fault/fault.ts'
import { ItemType } from './item.ts'
import type { Limits } from './limits.ts'

const HEADER_BYTES = 8
const SMALLEST_BUFFER = 1024

/**
 * How far the next message has come: nothing of it is there, a part of its header, its header and a part of its body,
 * or all of it.
 */
export type FramerStage = 'idle' | 'header' | 'body' | 'ready'

/**
 * Cuts a stream of bytes into messages (KMIP 1.4 section 9.1.1).
 *
 * Memory follows the bytes received, never the length that a header claims: at most four times what is pending and two
 * kilobytes, twice and one while it grows. Bytes are copied on the way in and once more on the way out, so chunks and messages belong to the caller,
 * which may zero both.
 */
export class Framer {
  readonly #longest: number
  #buffer = new Uint8Array(0)
  /** The bytes pending are those from `#start` to `#end`. */
  #start = 0
  #end = 0
  #fault: KmipFault | undefined

  constructor(limits: Pick<Limits, 'messageBytes'>) {
    this.#longest = limits.messageBytes
  }

  /** Bytes received and not yet handed out. */
  get pending(): number {
    return this.#end - this.#start
  }

  /** Bytes of memory held. */
  get allocated(): number {
    return this.#buffer.length
  }

  get stage(): FramerStage {
    if (this.pending === 0) return 'idle'
    if (this.pending < HEADER_BYTES) return 'header'
    return this.#announcedLength() > this.pending ? 'body' : 'ready'
  }

  /** Whether a chunk that comes now is exactly one message, as most are: then there is no need to cut it out. */
  isMessage(chunk: Uint8Array): boolean {
    if (this.#fault !== undefined || this.pending > 0 || chunk.length < HEADER_BYTES) return false
    const view = new DataView(chunk.buffer, chunk.byteOffset, HEADER_BYTES)
    const length = HEADER_BYTES + view.getUint32(4)
    return length === chunk.length && length <= this.#longest && isHeader(view.getUint32(0), length)
  }

  /** Takes in bytes as they come. After a fault they are dropped: where messages begin is no longer known. */
  push(chunk: Uint8Array): void {
    if (this.#fault !== undefined) return
    if (this.#end + chunk.length > this.#buffer.length) this.#makeRoom(chunk.length)
    this.#buffer.set(chunk, this.#end)
    this.#end += chunk.length
  }

  /**
   * The next whole message in a buffer of its own, or undefined while none is complete. Messages before a bad header
   * come out first.
   *
   * @throws KmipFault `MALFORMED_MESSAGE` when eight bytes cannot be the header of a message, `SERVER_LIMIT` when they
   * announce one over the limit; the same again on every further call.
   */
  next(): Buffer | undefined {
    if (this.#fault !== undefined) throw this.#fault
    if (this.pending < HEADER_BYTES) return undefined
    const length = this.#judgeHeader()
    if (this.pending < length) return undefined
    const message = Buffer.alloc(length)
    message.set(this.#buffer.subarray(this.#start, this.#start + length))
    this.#discard(length)
    return message
  }

  /** Hands out all bytes pending, whole messages or not, and forgets them. */
  rest(): Uint8Array {
    const bytes = this.#buffer.slice(this.#start, this.#end)
    this.wipe()
    return bytes
  }

  /** Zeroes and gives up everything pending. */
  wipe(): void {
    this.#buffer.fill(0)
    this.#buffer = new Uint8Array(0)
    this.#start = 0
    this.#end = 0
  }

  /** Length that the header announces, in bytes, the header included; read only when that is complete. */
  #announcedLength(): number {
    return HEADER_BYTES + this.#uint32(this.#start + 4)
  }

  #uint32(at: number): number {
    return new DataView(this.#buffer.buffer).getUint32(at)
  }

  #judgeHeader(): number {
    const length = this.#announcedLength()
    if (!isHeader(this.#uint32(this.#start), length)) {
      throw this.#fail('MALFORMED_MESSAGE', 'A message does not begin with a header of TTLV')
    }
    if (length > this.#longest) throw this.#fail('SERVER_LIMIT', 'The message is too long')
    return length
  }

  #fail(code: FaultCode, message: string): KmipFault {
    this.#fault = new KmipFault(code, message, { detail: `${this.pending} bytes pending` })
    return this.#fault
  }

  /** Forgets the first bytes pending and lets go of memory that what is left has no use for. */
  #discard(length: number): void {
    this.#buffer.fill(0, this.#start, this.#start + length)
    this.#start += length
    if (this.pending === 0) {
      this.#start = 0
      this.#end = 0
    }
    const size = Math.max(this.pending * 2, SMALLEST_BUFFER)
    if (this.#buffer.length >= size * 2) this.#moveInto(this.pending === 0 ? 0 : size)
  }

  /** Moves into a buffer of at least twice the size, so that each byte moves a bounded number of times. */
  #makeRoom(more: number): void {
    this.#moveInto(Math.max(this.pending + more, this.pending * 2, SMALLEST_BUFFER))
  }

  #moveInto(size: number): void {
    const old = this.#buffer
    this.#buffer = new Uint8Array(size)
    this.#buffer.set(old.subarray(this.#start, this.#end))
    old.fill(0)
    this.#end = this.pending
    this.#start = 0
  }
}

/** Whether tag and type, as one number, and length can begin a message. */
function isHeader(tagAndType: number, length: number): boolean {
  const prefix = tagAndType >>> 24
  const isStructure = (tagAndType & 0xff) === ItemType.Structure
  return (prefix === 0x42 || prefix === 0x54) && isStructure && length % 8 === 0
}
