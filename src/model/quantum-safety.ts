import { KmipFault } from '../fault/fault.ts'
import { CryptographicAlgorithm } from '../spec/enum/cryptographic-algorithm.ts'
import { isVendorReference } from './attribute-reference.ts'
import type { AttributeEntry } from './attribute-set.ts'

/**
 * A search with Grover's method halves the bits of a symmetric key; with 256 bits enough are left. The hash-based
 * signatures and the code-based scheme of KMIP 2.0 are meant to be safe as they are.
 */
const SAFE_BITS = 256
const SAFE_ALGORITHMS: readonly CryptographicAlgorithm[] = [
  CryptographicAlgorithm.XMSS,
  CryptographicAlgorithm.SPHINCS_256,
  CryptographicAlgorithm.McEliece,
  CryptographicAlgorithm.McEliece_6960119,
  CryptographicAlgorithm.McEliece_8192128,
]
const SYMMETRIC: readonly CryptographicAlgorithm[] = [
  CryptographicAlgorithm.AES,
  CryptographicAlgorithm.Camellia,
  CryptographicAlgorithm.ARIA,
  CryptographicAlgorithm.Twofish,
  CryptographicAlgorithm.ChaCha20,
  CryptographicAlgorithm.ChaCha20Poly1305,
  CryptographicAlgorithm.HMAC_SHA256,
  CryptographicAlgorithm.HMAC_SHA384,
  CryptographicAlgorithm.HMAC_SHA512,
]

function valueAmong(entries: readonly AttributeEntry[], name: string): unknown {
  return entries.find(({ reference }) => !isVendorReference(reference) && reference.name === name)
    ?.value
}

/** Refuses a key that is to be Quantum Safe and is not (KMIP 2.1 section 4.45). Throws `NOT_QUANTUM_SAFE`. */
export function checkQuantumSafe(
  entries: readonly AttributeEntry[],
  algorithm: CryptographicAlgorithm,
): void {
  if (valueAmong(entries, 'QuantumSafe') !== true) return
  const length = valueAmong(entries, 'CryptographicLength')
  const isLong = length === undefined || (typeof length === 'number' && length >= SAFE_BITS)
  const isSafe = SAFE_ALGORITHMS.includes(algorithm) || (SYMMETRIC.includes(algorithm) && isLong)
  if (!isSafe) throw new KmipFault('NOT_QUANTUM_SAFE', 'The key would not be quantum safe')
}
