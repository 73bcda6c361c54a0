import type { KeyBlock } from '../model/key-block.ts'
import { membersOf } from '../schema/enumeration.ts'
import { existsIn, type Version } from '../schema/version.ts'
import { CryptographicAlgorithm } from '../spec/enum/cryptographic-algorithm.ts'
import { KeyFormatType } from '../spec/enum/key-format-type.ts'

const A = CryptographicAlgorithm
const F = KeyFormatType

/** What the structure of each half was called by what the key is for; the last is for keys that do not tell. */
const BY_USE = new Map<number, ReadonlyMap<number | undefined, KeyFormatType>>([
  [
    F.TransparentECPrivateKey,
    new Map([
      [A.ECDH, F.TransparentECDHPrivateKey],
      [A.ECMQV, F.TransparentECMQVPrivateKey],
      [undefined, F.TransparentECDSAPrivateKey],
    ]),
  ],
  [
    F.TransparentECPublicKey,
    new Map([
      [A.ECDH, F.TransparentECDHPublicKey],
      [A.ECMQV, F.TransparentECMQVPublicKey],
      [undefined, F.TransparentECDSAPublicKey],
    ]),
  ],
])

const formats = membersOf(KeyFormatType)

/**
 * The block as a version before 1.3 says it: there the transparent structures of keys on curves are named after the
 * algorithm, and are the same otherwise (KMIP 1.4 section 2.1.7).
 */
export function curveFormatIn(block: KeyBlock, version: Version): KeyBlock {
  const names = BY_USE.get(block.keyFormatType)
  const member = formats.memberOf(block.keyFormatType)
  if (names === undefined || member === undefined || existsIn(member, version)) return block
  const keyFormatType = names.get(block.cryptographicAlgorithm) ?? names.get(undefined)
  return keyFormatType === undefined ? block : { ...block, keyFormatType }
}
