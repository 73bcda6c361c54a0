import { Secret } from '../../secret/secret.ts'
import type { RSAPrivateKey } from './key.ts'
import { integerOf, magnitudeOfInteger } from './magnitude.ts'
import { malformed } from './malformed.ts'

/** The numbers of an RSA private key that its owner gave, as Big Integers. */
export interface RSANumbers {
  readonly modulus: Uint8Array
  readonly publicExponent?: Uint8Array | undefined
  readonly privateExponent?: Secret | undefined
  readonly p?: Secret | undefined
  readonly q?: Secret | undefined
  readonly primeExponentP?: Secret | undefined
  readonly primeExponentQ?: Secret | undefined
}

/** The same as integers. JavaScript's cannot be wiped and their arithmetic takes time that depends on them. */
interface Known {
  readonly n: bigint
  readonly e: bigint | undefined
  readonly d: bigint | undefined
  readonly p: bigint | undefined
  readonly q: bigint | undefined
  readonly dP: bigint | undefined
  readonly dQ: bigint | undefined
}

/** Public exponents in use, most frequent first: tried where none is given; nothing but both primes tells none of them. */
const EXPONENTS = [65_537n, 3n, 17n, 5n, 257n, 35n, 37n, 7n]

/** Numbers to start from; each reveals the primes with a probability of one half or more. */
const STARTS = 100

/**
 * A whole RSA key from what KMIP demands at least: the private exponent, or both primes, or both prime exponents
 * (KMIP 1.4 section 2.1.7.4). Throws `INVALID_FIELD` for numbers that make no key together.
 */
export function completeRSA(numbers: RSANumbers): RSAPrivateKey {
  const known: Known = {
    n: positive(numbers.modulus),
    e: numbers.publicExponent && positive(numbers.publicExponent),
    d: given(numbers.privateExponent),
    p: given(numbers.p),
    q: given(numbers.q),
    dP: given(numbers.primeExponentP),
    dQ: given(numbers.primeExponentQ),
  }
  if (known.n < 15n || known.n % 2n === 0n) throw malformed()
  const p = primeOf(known)
  if (p <= 1n || p >= known.n || known.n % p !== 0n) throw malformed()
  const q = known.n / p
  if (p === q || (known.q !== undefined && known.q !== q)) throw malformed()
  return assemble(known, p, q)
}

function given(number: Secret | undefined): bigint | undefined {
  return number?.expose(positive)
}

function positive(number: Uint8Array): bigint {
  if ((number[0] ?? 0) >= 0x80) throw malformed()
  return integerOf(number)
}

function assemble(known: Known, p: bigint, q: bigint): RSAPrivateKey {
  const order = ((p - 1n) * (q - 1n)) / greatestDivisor(p - 1n, q - 1n)
  const e = known.e ?? exponentOf(known, order)
  const d = known.d ?? inverse(e, order)
  if (e < 3n || (e * d) % order !== 1n) throw malformed()
  return {
    kind: 'RSAPrivate',
    modulus: magnitudeOfInteger(known.n),
    publicExponent: magnitudeOfInteger(e),
    privateExponent: secretOf(d),
    p: secretOf(p),
    q: secretOf(q),
    primeExponentP: secretOf(d % (p - 1n)),
    primeExponentQ: secretOf(d % (q - 1n)),
    crtCoefficient: secretOf(inverse(q, p)),
  }
}

function primeOf(known: Known): bigint {
  const { n, e, p, q } = known
  if (p !== undefined && p > 0n) return p
  if (q !== undefined && q > 0n && n % q === 0n) return n / q
  for (const exponent of e === undefined ? EXPONENTS : [e]) {
    const found = primeWith(known, exponent)
    if (found !== undefined) return found
  }
  throw malformed()
}

function primeWith({ n, d, dP, dQ }: Known, e: bigint): bigint | undefined {
  const byExponent = d === undefined ? undefined : primeByExponent(n, e, d)
  if (byExponent !== undefined) return byExponent
  const p = dP === undefined ? undefined : primeByPrimeExponent(n, e, dP)
  if (p !== undefined) return p
  const q = dQ === undefined ? undefined : primeByPrimeExponent(n, e, dQ)
  return q === undefined ? undefined : n / q
}

/** From a square root of one that is neither 1 nor -1 (NIST SP 800-56B appendix C.1). */
function primeByExponent(n: bigint, e: bigint, d: bigint): bigint | undefined {
  let odd = e * d - 1n
  if (odd <= 0n || odd % 2n !== 0n || d >= n) return undefined
  // Two to the power of a multiple of the order is one, unless the exponents do not belong together.
  if (power(2n, odd, n) !== 1n) return undefined
  let twos = 0
  while (odd % 2n === 0n) {
    odd /= 2n
    twos += 1
  }
  for (let start = 2n; start < STARTS; start += 1n) {
    let root = power(start, odd, n)
    for (let step = 0; step < twos && root !== 1n && root !== n - 1n; step += 1) {
      const square = (root * root) % n
      if (square === 1n) return largerFactor(n, greatestDivisor(root - 1n, n))
      root = square
    }
  }
  return undefined
}

/** By custom p is the larger prime. */
function largerFactor(n: bigint, factor: bigint): bigint {
  return factor * factor > n ? factor : n / factor
}

/** A number to the power of e·dP is itself modulo p, and nothing particular modulo q. */
function primeByPrimeExponent(n: bigint, e: bigint, dP: bigint): bigint | undefined {
  if (dP >= n) return undefined
  for (let start = 2n; start < 8n; start += 1n) {
    const factor = greatestDivisor((power(start, e * dP, n) - start + n) % n, n)
    if (factor > 1n && factor < n) return factor
  }
  return undefined
}

function exponentOf({ d, p, q, dP }: Known, order: bigint): bigint {
  if (d !== undefined) return inverse(d, order)
  const found = EXPONENTS.find(
    (e) => dP !== undefined && p !== undefined && q !== undefined && (e * dP) % (p - 1n) === 1n,
  )
  return found ?? EXPONENTS[0] ?? 65_537n
}

/** From the lowest bit on, so that no text is made of the exponent. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  let square = base % modulus
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  let [larger, smaller] = [a, b]
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller]
  return larger
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b] = [value, modulus]
  let [x, y] = [1n, 0n]
  while (b !== 0n) {
    const quotient = a / b
    ;[a, b] = [b, a - quotient * b]
    ;[x, y] = [y, x - quotient * y]
  }
  if (a !== 1n) throw malformed()
  return ((x % modulus) + modulus) % modulus
}

function secretOf(value: bigint): Secret {
  return Secret.take(magnitudeOfInteger(value))
}
