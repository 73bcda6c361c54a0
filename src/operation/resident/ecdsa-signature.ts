/**
 * A signature of ECDSA in DER (RFC 3279 section 2.2.3), as the standard has it; PKCS#11 has its two numbers one behind
 * the other, each as long as the order of the curve.
 */
export function derSignature(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2
  const numbers = [...integer(raw.subarray(0, half)), ...integer(raw.subarray(half))]
  return Uint8Array.from([0x30, ...lengthOf(numbers.length), ...numbers])
}

function integer(bytes: Uint8Array): readonly number[] {
  const first = bytes.findIndex((byte) => byte !== 0)
  const digits = first < 0 ? [0] : [...bytes.subarray(first)]
  const signed = (digits[0] ?? 0) >= 0x80 ? [0, ...digits] : digits
  return [0x02, ...lengthOf(signed.length), ...signed]
}

/** No curve has numbers that take more. */
function lengthOf(length: number): readonly number[] {
  return length < 0x80 ? [length] : [0x81, length]
}
