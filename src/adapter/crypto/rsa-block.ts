import type { HashingAlgorithm } from '../../spec/enum/hashing-algorithm.ts'
import { bigEndian, joined, maskEqual, sameBytes, xored } from './bytes.ts'
import { hashBytes, hashKind } from './hash.ts'
import { failed } from './refusal.ts'

/** The hashes of an RSA block: that of the message or label, and that of the mask. */
export interface BlockHashes {
  readonly hash: HashingAlgorithm
  readonly mask: HashingAlgorithm
}

/** MGF1 (RFC 8017 appendix B.2.1). */
function mgf1(hash: HashingAlgorithm, seed: Uint8Array, length: number): Uint8Array {
  const count = Math.ceil(length / hashKind(hash).size)
  const blocks = Array.from({ length: count }, (_, index) =>
    hashBytes(hash, seed, bigEndian(index, 4)),
  )
  return joined(...blocks).subarray(0, length)
}

/** EME-OAEP (RFC 8017 section 7.1.1); `seed` has the length of the hash, and the block fills the modulus. */
export function oaepBlock(
  { hash, mask }: BlockHashes,
  message: Uint8Array,
  { label, seed, size }: { label: Uint8Array; seed: Uint8Array; size: number },
): Uint8Array {
  const room = size - 2 * hashKind(hash).size - 2
  if (message.length > room) throw failed()
  const filling = new Uint8Array(room - message.length)
  const data = joined(hashBytes(hash, label), filling, Uint8Array.of(1), message)
  const maskedData = xored(data, mgf1(mask, seed, data.length))
  data.fill(0)
  const maskedSeed = xored(seed, mgf1(mask, maskedData, seed.length))
  return joined(Uint8Array.of(0), maskedSeed, maskedData)
}

/** Undoes {@link oaepBlock}, looking at every byte before it decides. */
export function oaepMessage(
  { hash, mask }: BlockHashes,
  block: Uint8Array,
  label: Uint8Array,
): Uint8Array {
  const { size } = hashKind(hash)
  if (block.length < 2 * size + 2) throw failed()
  const maskedData = block.subarray(1 + size)
  const seed = xored(block.subarray(1, 1 + size), mgf1(mask, maskedData, size))
  const data = xored(maskedData, mgf1(mask, seed, maskedData.length))
  const isLabel = sameBytes(data.subarray(0, size), hashBytes(hash, label)) ? -1 : 0
  let good = maskEqual(block[0] ?? 1, 0) & isLabel
  let start = 0
  data.forEach((byte, index) => {
    const searching = maskEqual(start, 0) & ~((index - size) >> 31)
    start |= (index + 1) & searching & maskEqual(byte, 1)
    good &= ~(searching & ~maskEqual(byte, 1) & ~maskEqual(byte, 0))
  })
  const message = Uint8Array.from(data.subarray(start))
  data.fill(0)
  if ((good & ~maskEqual(start, 0)) !== 0) return message
  message.fill(0)
  throw failed()
}

/** EMSA-PSS (RFC 8017 section 9.1.1) for a modulus of `bits` bits. */
export function pssBlock(
  { hash, mask }: BlockHashes,
  digest: Uint8Array,
  { salt, bits }: { salt: Uint8Array; bits: number },
): Uint8Array {
  const size = Math.ceil((bits - 1) / 8)
  const room = size - digest.length - salt.length - 2
  if (room < 0) throw failed()
  const check = hashBytes(hash, new Uint8Array(8), digest, salt)
  const data = joined(new Uint8Array(room), Uint8Array.of(1), salt)
  const masked = xored(data, mgf1(mask, check, data.length))
  masked[0] = (masked[0] ?? 0) & topMask(bits)
  return joined(new Uint8Array(Math.ceil(bits / 8) - size), masked, check, Uint8Array.of(0xbc))
}

/** RFC 8017 section 9.1.2 with a salt of any length. Nothing here is secret. */
export function isPssBlock(
  { hash, mask }: BlockHashes,
  digest: Uint8Array,
  { block, bits }: { block: Uint8Array; bits: number },
): boolean {
  const size = Math.ceil((bits - 1) / 8)
  const encoded = block.subarray(block.length - size)
  const split = size - digest.length - 1
  if (split < 1 || encoded.at(-1) !== 0xbc || (block.length > size && block[0] !== 0)) return false
  const check = encoded.subarray(split, -1)
  const data = xored(encoded.subarray(0, split), mgf1(mask, check, split))
  if (((encoded[0] ?? 0) & ~topMask(bits)) !== 0) return false
  data[0] = (data[0] ?? 0) & topMask(bits)
  const start = data.findIndex((byte) => byte !== 0)
  if (start < 0 || data[start] !== 1) return false
  return sameBytes(check, hashBytes(hash, new Uint8Array(8), digest, data.subarray(start + 1)))
}

/** The bits of the first byte that a number of `bits - 1` bits may set. */
function topMask(bits: number): number {
  return 0xff >> (8 * Math.ceil((bits - 1) / 8) - (bits - 1))
}
