import { createCipheriv, type Cipher } from 'node:crypto'
import type { MacRequest } from '../../port/crypto.ts'
import { takeJoined, xored } from './bytes.ts'
import { blockLengthOf, ecbName, keyBytes } from './cipher-plan.ts'
import { invalid, unsupported } from './refusal.ts'
import { wiping } from './cipher-stream.ts'

/** A MAC that takes bytes and ends once. */
export interface MacEngine {
  /** True where it keeps all that it takes until the end. */
  readonly gathers?: boolean
  update(bytes: Uint8Array): void
  digest(): Uint8Array
  /** Zeroes what it keeps; absent where OpenSSL keeps all of it. */
  destroy?(): void
}

/** The last bits of the polynomials of GF(2^64) and GF(2^128) (SP 800-38B section 5.3). */
const POLYNOMIALS: ReadonlyMap<number, number> = new Map([
  [8, 0x1b],
  [16, 0x87],
])

/** How the last block is made from what is left and from the encrypted zero block. */
type LastBlock = (rest: Uint8Array, encipheredZero: Uint8Array) => Uint8Array

/** CMAC with any block cipher (SP 800-38B, RFC 4493). */
export function cmac(request: MacRequest): MacEngine {
  return new ChainedMac(request, cmacLastBlock)
}

/** CBC-MAC with zeros for an IV and to fill the last block (FIPS 113; ISO/IEC 9797-1, algorithm 1, padding 1). */
export function cbcMac(request: MacRequest): MacEngine {
  return new ChainedMac(request, cbcMacLastBlock)
}

/** Runs CBC with no IV and gives its last block; what may be the last block is kept back. */
class ChainedMac implements MacEngine {
  readonly #cipher: Cipher
  readonly #zero: Uint8Array
  readonly #last: LastBlock
  #rest = new Uint8Array(0)

  constructor({ algorithm, key }: MacRequest, last: LastBlock) {
    const block = blockLengthOf(algorithm)
    if (block === undefined) throw unsupported('A MAC with the Cryptographic Algorithm')
    const name = ecbName(algorithm, key.length)
    const zeros = new Uint8Array(block)
    const open = (mode: string, iv: Uint8Array | null): Cipher =>
      wiping(
        key.expose((bytes) => keyBytes(algorithm, bytes)),
        (bytes) => createCipheriv(name.replace(/ecb$/, mode), bytes, iv).setAutoPadding(false),
      )
    this.#zero = takeJoined(open('ecb', null).update(zeros))
    this.#cipher = open('cbc', zeros)
    this.#last = last
  }

  update(bytes: Uint8Array): void {
    const all = takeJoined(this.#rest, Uint8Array.from(bytes))
    const block = this.#zero.length
    const whole = Math.max(0, Math.ceil(all.length / block) - 1) * block
    if (whole > 0) this.#cipher.update(all.subarray(0, whole)).fill(0)
    this.#rest = all.slice(whole)
    all.fill(0)
  }

  digest(): Uint8Array {
    const last = this.#last(this.#rest, this.#zero)
    const mac = takeJoined(this.#cipher.update(last))
    last.fill(0)
    this.destroy()
    return mac
  }

  destroy(): void {
    this.#rest.fill(0)
    this.#zero.fill(0)
    this.#cipher.destroy()
  }
}

function cbcMacLastBlock(rest: Uint8Array, encipheredZero: Uint8Array): Uint8Array {
  const filled = new Uint8Array(encipheredZero.length)
  filled.set(rest)
  return filled
}

function cmacLastBlock(rest: Uint8Array, encipheredZero: Uint8Array): Uint8Array {
  const block = encipheredZero.length
  const first = doubled(encipheredZero)
  if (rest.length === block) return xored(rest, first)
  const filled = new Uint8Array(block)
  filled.set(rest)
  filled[rest.length] = 0x80
  return xored(filled, doubled(first))
}

/** Twice an element of GF(2^64) or GF(2^128), without a branch on its bits. */
function doubled(element: Uint8Array): Uint8Array {
  const polynomial = POLYNOMIALS.get(element.length)
  if (polynomial === undefined) throw invalid('CMAC has no such block')
  const carry = -((element[0] ?? 0) >> 7)
  return element.map((byte, index) => {
    const next = element[index + 1]
    return (byte << 1) ^ (next === undefined ? carry & polynomial : next >> 7)
  })
}
