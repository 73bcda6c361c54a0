/** Divisors that tell most numbers that are not prime. */
const SMALL_PRIMES = [3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n, 43n, 47n, 53n]

/** Two alone would let pass the composites next to a power of two, which are what people try first. */
const BASES = [2n, 3n]

/**
 * Whether a number looks like an odd prime: small divisors and two strong tests. It catches mistakes. A number made on
 * purpose to pass it weakens nobody's secret but that of the client who named it.
 */
export function hasPrimeLook(value: bigint): boolean {
  if (value < 3n || value % 2n === 0n) return false
  if (SMALL_PRIMES.includes(value)) return true
  if (SMALL_PRIMES.some((prime) => value % prime === 0n)) return false
  return BASES.every((base) => passesStrongTest(value, base))
}

/** The test of Miller and Rabin to one base. */
function passesStrongTest(value: bigint, base: bigint): boolean {
  let odd = value - 1n
  let twos = 0
  while (odd % 2n === 0n) {
    odd /= 2n
    twos += 1
  }
  let power = powerModulo(base, odd, value)
  if (power === 1n || power === value - 1n) return true
  for (let step = 1; step < twos; step += 1) {
    power = (power * power) % value
    if (power === value - 1n) return true
  }
  return false
}

function powerModulo(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus
    if (bit === '1') result = (result * base) % modulus
  }
  return result
}
