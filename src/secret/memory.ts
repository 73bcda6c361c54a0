/**
 * Zeroes in memory that stays where it is. V8 keeps arrays of up to 64 bytes, which is what most keys are, in its own heap:
 * it copies them from place to place while it collects garbage, and leaves behind what they held. Memory of an
 * ArrayBuffer is not moved, and what zeroes it zeroes all there is.
 */
export function unmovedBytes(length: number): Uint8Array<ArrayBuffer> {
  // OpenSSL takes the null pointer of an empty ArrayBuffer for another call than the one that is made.
  return length === 0 ? new Uint8Array(0) : new Uint8Array(new ArrayBuffer(length))
}

/** A copy of bytes in such memory. */
export function unmovedCopy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = unmovedBytes(bytes.length)
  copy.set(bytes)
  return copy
}
