import { KmipFault } from '../../fault/fault.ts'
import { Secret } from '../../secret/secret.ts'

/**
 * Reads the parameters of a PKCS#11 function in their order (KMIP Profiles 2.1 section 5.18.1): bytes as they are,
 * `CK_ULONG` in eight bytes, counts and lengths in four, all big-endian; the length of an array stands in front of it.
 * Throws `PKCS11_CODEC` for whatever cannot be read.
 */
export class ParameterReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #offset = 0

  /** @param bytes - read while they are there; nothing that is given out is a view of them */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset
  }

  byte(): number {
    return this.#view.getUint8(this.#advance(1))
  }

  /** A `CK_BBOOL`, or whether a pointer is not null. */
  flag(): boolean {
    const value = this.byte()
    if (value > 1) throw codecError()
    return value === 1
  }

  /** A value beyond what is exact as a number stands for one that nothing has: the largest exact one. */
  ulong(): number {
    const value = this.#view.getBigUint64(this.#advance(8))
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value)
  }

  /** A count or a length. */
  length(): number {
    return this.#view.getUint32(this.#advance(4))
  }

  fixed(length: number): Uint8Array {
    const start = this.#advance(length)
    return this.#bytes.slice(start, start + length)
  }

  /** A byte array behind its length. */
  bytes(): Uint8Array {
    return this.fixed(this.length())
  }

  /** The same for what must not be seen. */
  secret(): Secret {
    return Secret.take(this.bytes())
  }

  /** The parameters of a structure, which must be all that is in so many bytes. */
  inside<R>(length: number, read: (reader: ParameterReader) => R): R {
    const start = this.#advance(length)
    const inner = new ParameterReader(this.#bytes.subarray(start, start + length))
    const value = read(inner)
    inner.end()
    return value
  }

  /** Refuses what is left over. */
  end(): void {
    if (this.remaining > 0) throw codecError()
  }

  #advance(length: number): number {
    const start = this.#offset
    if (length > this.remaining) throw codecError()
    this.#offset += length
    return start
  }
}

/** The fault for Input Parameters that are not those of the function (KMIP 2.1 section 6.1.37.1). */
export function codecError(): KmipFault {
  return new KmipFault('PKCS11_CODEC', 'The parameters are not those of the PKCS#11 function')
}
