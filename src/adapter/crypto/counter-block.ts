import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import { bigEndian, joined } from './bytes.ts'
import { invalid } from './refusal.ts'

const BLOCK = 16

/**
 * The first counter block of CTR. An IV of a whole block is that block; a shorter one is the nonce before the counter,
 * which then needs Initial Counter Value, as in RFC 3686 (KMIP 1.4 section 3.6).
 */
export function counterBlock(iv: Uint8Array, parameters: CryptographicParameters): Uint8Array {
  const { initialCounterValue: first, counterLength } = parameters
  if (iv.length === BLOCK) {
    if (first !== undefined) throw invalid('The IV holds the counter already')
    return Uint8Array.from(iv)
  }
  const rest = BLOCK - iv.length
  if (first === undefined) throw invalid('The IV has a wrong length')
  if (counterLength !== undefined && counterLength !== rest * 8) {
    throw invalid('The Counter Length does not fit the IV')
  }
  return joined(iv, counterBytes(first, rest))
}

/**
 * The IV of ChaCha20 as OpenSSL takes it: the counter, least significant byte first, then the nonce. A nonce of 8 bytes
 * has a counter of 8 (the original design), one of 12 has 4 (RFC 8439), and 16 bytes are both.
 */
export function chachaBlock(iv: Uint8Array, parameters: CryptographicParameters): Uint8Array {
  const { initialCounterValue: first } = parameters
  if (iv.length === BLOCK) {
    if (first !== undefined) throw invalid('The nonce holds the counter already')
    return Uint8Array.from(iv)
  }
  if (iv.length !== 8 && iv.length !== 12) throw invalid('The nonce has a wrong length')
  return joined(counterBytes(first ?? 0, BLOCK - iv.length).reverse(), iv)
}

/** Integers of KMIP have a sign; a counter has none. */
function counterBytes(first: number, length: number): Uint8Array {
  if (first < 0 || first >= 256 ** Math.min(length, 4)) {
    throw invalid('The Initial Counter Value does not fit the counter')
  }
  return bigEndian(first, length)
}
