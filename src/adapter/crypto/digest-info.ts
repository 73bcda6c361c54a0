import { HashingAlgorithm } from '../../spec/enum/hashing-algorithm.ts'
import { joined } from './bytes.ts'
import { unsupported } from './refusal.ts'

const H = HashingAlgorithm

/** The object identifiers of hashes, encoded without tag and length (RFC 8017 appendix B.1, NIST's register). */
const IDENTIFIERS: ReadonlyMap<number, readonly number[]> = new Map<number, readonly number[]>([
  [H.MD5, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05]],
  [H.SHA_1, [0x2b, 0x0e, 0x03, 0x02, 0x1a]],
  [H.RIPEMD_160, [0x2b, 0x24, 0x03, 0x02, 0x01]],
  [H.SHA_256, nist(1)],
  [H.SHA_384, nist(2)],
  [H.SHA_512, nist(3)],
  [H.SHA_224, nist(4)],
  [H.SHA_512_224, nist(5)],
  [H.SHA_512_256, nist(6)],
  [H.SHA3_224, nist(7)],
  [H.SHA3_256, nist(8)],
  [H.SHA3_384, nist(9)],
  [H.SHA3_512, nist(10)],
])

/** The DigestInfo of EMSA-PKCS1-v1_5 (RFC 8017 section 9.2). */
export function digestInfoOf(hash: HashingAlgorithm, digest: Uint8Array): Uint8Array {
  const identifier = IDENTIFIERS.get(hash)
  if (identifier === undefined) throw unsupported('The Hashing Algorithm')
  const algorithm = sequence(joined(element(0x06, Uint8Array.from(identifier)), element(0x05)))
  return sequence(joined(algorithm, element(0x04, digest)))
}

function nist(last: number): readonly number[] {
  return [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last]
}

function sequence(content: Uint8Array): Uint8Array {
  return element(0x30, content)
}

/** No digest is so long that a length takes more than a byte. */
function element(tag: number, content: Uint8Array = new Uint8Array(0)): Uint8Array {
  return joined(Uint8Array.of(tag, content.length), content)
}
