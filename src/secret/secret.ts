import { timingSafeEqual } from 'node:crypto'
import { inspect } from 'node:util'
import { unmovedCopy } from './memory.ts'

/**
 * Bytes that must not be seen: key material, plaintexts, passwords, PINs.
 *
 * A secret has no text form. Its bytes are reached only through {@link Secret.expose}, so that every place that
 * touches them can be found by searching for one word.
 *
 * @remarks
 * JavaScript gives no promise that a buffer is not copied by the engine. `destroy` zeroes the one buffer that this
 * value owns; SECURITY.md says what that is worth.
 */
export class Secret {
  #bytes: Uint8Array

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Copies `bytes` into memory of its own, outside the shared buffer pool. */
  static copyOf(bytes: Uint8Array): Secret {
    return new Secret(unmovedCopy(bytes))
  }

  /** Takes over `bytes`; the caller must hold no other reference to them. */
  static take(bytes: Uint8Array): Secret {
    return new Secret(bytes)
  }

  /** Length in bytes. */
  get length(): number {
    return this.#bytes.length
  }

  /** Hands the bytes to `use`, which must neither keep nor change them. */
  expose<R>(use: (bytes: Uint8Array) => R): R {
    return use(this.#bytes)
  }

  /** A secret of its own with the same bytes, which outlives the destruction of this one. */
  clone(): Secret {
    return Secret.copyOf(this.#bytes)
  }

  /** Compares in time that depends on the lengths alone. */
  equals(other: Secret): boolean {
    return this.length === other.length && timingSafeEqual(this.#bytes, other.#bytes)
  }

  /** Zeroes the bytes; the secret is empty from then on. */
  destroy(): void {
    this.#bytes.fill(0)
    this.#bytes = new Uint8Array(0)
  }

  toString(): string {
    return `Secret(${this.length} bytes)`
  }

  toJSON(): string {
    return this.toString()
  }

  [inspect.custom](): string {
    return this.toString()
  }
}
