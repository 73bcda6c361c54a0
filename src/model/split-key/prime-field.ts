import { KmipFault } from '../../fault/fault.ts'
import { hasPrimeLook } from './prime-look.ts'
import type { DrawBytes, ShareField } from './share-field.ts'

/** Bits of the largest Prime Field Size: above a secret of 512 bytes. To look whether it is a prime takes 0.2 s then. */
const LARGEST_BITS = 4_224

/** Draws that may fall outside the field; each does so with a probability under one half. */
const DRAWS = 256

/**
 * Polynomial sharing in the integers modulo a prime (KMIP 1.4 section 2.2.5). A share is an integer of as many bytes
 * as the prime, highest first.
 *
 * @param primeFieldSize - the prime as a Big Integer
 * Throws `INVALID_FIELD` for a number that is no prime above 2, or is too large.
 */
export function primeField(primeFieldSize: Uint8Array): ShareField {
  const bytes = magnitude(primeFieldSize)
  if (bytes.length * 8 > LARGEST_BITS) {
    throw new KmipFault('INVALID_FIELD', 'The Prime Field Size is too large')
  }
  const prime = integerOf(bytes)
  if (!hasPrimeLook(prime)) {
    throw new KmipFault('INVALID_FIELD', 'The Prime Field Size is not a prime')
  }
  const modulo = (value: bigint): bigint => ((value % prime) + prime) % prime
  return {
    order: prime,
    // A secret lies below 2^L, and the prime above.
    widthOf: (secretBytes) => {
      if (prime <= 1n << BigInt(secretBytes * 8)) {
        throw new KmipFault('INVALID_FIELD', 'The Prime Field Size is too small for the secret')
      }
      return bytes.length
    },
    holds: (share) => share.length === bytes.length && isBelow(share, bytes),
    draw: (_, draw) => drawBelow(bytes, draw),
    addScaled: (into, scalar, from) => {
      addScaled(into, scalar, from, bytes)
    },
    add: (a, b) => modulo(a + b),
    negate: (a) => modulo(-a),
    multiply: (a, b) => modulo(a * b),
    invert: (a) => invert(modulo(a), prime),
  }
}

/** Without the zeros in front; empty for a negative number, which no prime is. */
function magnitude(value: Uint8Array): Uint8Array {
  if ((value[0] ?? 0) >= 0x80) return new Uint8Array(0)
  const first = value.findIndex((byte) => byte !== 0)
  return first < 0 ? new Uint8Array(0) : Uint8Array.from(value.subarray(first))
}

function integerOf(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n)
}

/** Uniform, by drawing again whatever is not below the prime: what is thrown away is no secret. */
function drawBelow(prime: Uint8Array, draw: DrawBytes): Uint8Array {
  const excess = Math.clz32(prime[0] ?? 0) - 24
  for (let count = 0; count < DRAWS; count += 1) {
    const drawn = draw(prime.length)
    const candidate = drawn.expose((bytes) => Uint8Array.from(bytes))
    drawn.destroy()
    candidate[0] = (candidate[0] ?? 0) & (0xff >> excess)
    if (isBelow(candidate, prime)) return candidate
  }
  throw new KmipFault('CRYPTO_FAILED', 'No element of the prime field was drawn')
}

/** Doubles and adds along the bits of the scalar, which is public; each step takes the same time for any secret. */
function addScaled(into: Uint8Array, scalar: bigint, from: Uint8Array, prime: Uint8Array): void {
  const product = new Uint8Array(prime.length)
  for (const bit of scalar.toString(2)) {
    addModulo(product, product, prime)
    if (bit === '1') addModulo(product, from, prime)
  }
  addModulo(into, product, prime)
  product.fill(0)
}

/** Adds two numbers below the prime, and takes the prime away again where the sum has reached it, by a mask. */
function addModulo(into: Uint8Array, other: Uint8Array, prime: Uint8Array): void {
  const difference = new Uint8Array(prime.length)
  let carry = 0
  let borrow = 0
  for (let index = prime.length - 1; index >= 0; index -= 1) {
    const sum = (into[index] ?? 0) + (other[index] ?? 0) + carry
    carry = sum >> 8
    into[index] = sum
    const rest = (sum & 0xff) - (prime[index] ?? 0) - borrow
    borrow = (rest >> 8) & 1
    difference[index] = rest
  }
  // The sum is too large when it left a carry or took no borrow.
  const mask = -(carry | (borrow ^ 1)) & 0xff
  for (let index = 0; index < prime.length; index += 1) {
    const kept = (into[index] ?? 0) & ~mask
    into[index] = kept | ((difference[index] ?? 0) & mask)
  }
  difference.fill(0)
}

function isBelow(value: Uint8Array, prime: Uint8Array): boolean {
  let borrow = 0
  for (let index = prime.length - 1; index >= 0; index -= 1) {
    borrow = (((value[index] ?? 0) - (prime[index] ?? 0) - borrow) >> 8) & 1
  }
  return borrow === 1
}

/** By Euclid's algorithm; the arguments are public. */
function invert(value: bigint, prime: bigint): bigint {
  let [a, b] = [value, prime]
  let [x, y] = [1n, 0n]
  while (b !== 0n) {
    const quotient = a / b
    ;[a, b] = [b, a - quotient * b]
    ;[x, y] = [y, x - quotient * y]
  }
  if (a !== 1n) throw new KmipFault('INVALID_FIELD', 'The Prime Field Size is not a prime')
  return ((x % prime) + prime) % prime
}
