import { KmipFault } from '../../fault/fault.ts'
import { Secret } from '../../secret/secret.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import type { SplitKeyContent } from '../content.ts'
import type { KeyBlock } from '../key-block.ts'
import { materialBytes } from '../symmetric-key.ts'
import { joinParts } from './join.ts'
import type { SplitKeyPlan } from './plan.ts'
import { splitSecret } from './split.ts'
import type { DrawBytes } from './share-field.ts'

/** A Key Block whose Key Material is there and in the clear. */
export type PlainBlock = KeyBlock & Required<Pick<KeyBlock, 'keyValue'>>

/**
 * The Split Keys of a key (KMIP 1.4 section 4.38). They keep its Key Format Type, so that joining knows what comes out,
 * and its length even where a key has none of its own: a share may be longer than the secret.
 *
 * @throws KmipFault `INVALID_FIELD` for a plan that cannot be carried out
 */
export function splitBlock(
  block: PlainBlock,
  plan: SplitKeyPlan,
  draw: DrawBytes,
): readonly SplitKeyContent[] {
  const { keyValue, ...described } = block
  const secret = keyValue.material
  const stated = block.cryptographicAlgorithm === undefined ? undefined : block.cryptographicLength
  const cryptographicLength = stated ?? secret.length * 8
  return splitSecret(secret, plan, draw).map(({ keyPartIdentifier, material }) => ({
    objectType: ObjectType.SplitKey,
    ...plan,
    keyPartIdentifier,
    keyBlock: {
      ...described,
      cryptographicLength,
      keyValue: { form: 'bytes', material, attributes: [] },
    },
  }))
}

/**
 * The Key Block that Split Keys are parts of (KMIP 1.4 section 4.39).
 *
 * @throws KmipFault `CRYPTO_FAILED` for too few parts and for parts of different keys, `INVALID_FIELD` for a plan that
 * cannot be carried out
 */
export function joinBlocks(parts: readonly SplitKeyContent[]): PlainBlock {
  const [first] = parts
  if (first === undefined || !parts.every((part) => isOfSameKey(part, first))) {
    throw new KmipFault('CRYPTO_FAILED', 'The parts do not belong to one split key')
  }
  const { keyFormatType, cryptographicAlgorithm, cryptographicLength } = first.keyBlock
  const shares = parts.flatMap(({ keyPartIdentifier, keyBlock: { keyValue } }) =>
    keyValue === undefined ? [] : [{ keyPartIdentifier, material: keyValue.material }],
  )
  const joined = joinParts(shares, planOf(first), secretBytes(first.keyBlock))
  const material = isRaw(keyFormatType) ? joined : withoutLeadingZeros(joined)
  return {
    keyFormatType,
    keyValue: { form: 'bytes', material, attributes: [] },
    ...(cryptographicAlgorithm === undefined ? {} : { cryptographicAlgorithm }),
    ...(cryptographicLength === undefined ? {} : { cryptographicLength }),
  }
}

function planOf(content: SplitKeyContent): SplitKeyPlan {
  const { splitKeyMethod, splitKeyParts, splitKeyThreshold, primeFieldSize } = content
  return {
    splitKeyMethod,
    splitKeyParts,
    splitKeyThreshold,
    ...(primeFieldSize === undefined ? {} : { primeFieldSize }),
  }
}

function isOfSameKey(part: SplitKeyContent, other: SplitKeyContent): boolean {
  const { keyBlock, primeFieldSize = NO_BYTES } = part
  const { keyBlock: otherBlock, primeFieldSize: otherSize = NO_BYTES } = other
  return (
    part.splitKeyMethod === other.splitKeyMethod &&
    part.splitKeyParts === other.splitKeyParts &&
    part.splitKeyThreshold === other.splitKeyThreshold &&
    primeFieldSize.length === otherSize.length &&
    primeFieldSize.every((byte, index) => byte === otherSize[index]) &&
    keyBlock.keyFormatType === otherBlock.keyFormatType &&
    keyBlock.cryptographicAlgorithm === otherBlock.cryptographicAlgorithm &&
    keyBlock.cryptographicLength === otherBlock.cryptographicLength
  )
}

const NO_BYTES = new Uint8Array(0)

/** Length of the secret where its parts tell it: that of an asymmetric key is not the length of its encoding. */
function secretBytes({ keyFormatType, ...block }: KeyBlock): number | undefined {
  const { cryptographicAlgorithm: algorithm, cryptographicLength: length } = block
  if (length === undefined || !isRaw(keyFormatType)) return undefined
  return algorithm === undefined ? Math.ceil(length / 8) : materialBytes(algorithm, length)
}

/** Whether the material is nothing but the key; in all other formats it is DER, which begins with a tag. */
function isRaw(keyFormatType: KeyFormatType): boolean {
  return keyFormatType === KeyFormatType.Raw || keyFormatType === KeyFormatType.Opaque
}

/** Takes off what made the secret a whole number of the field's elements. */
function withoutLeadingZeros(joined: Secret): Secret {
  const trimmed = joined.expose((bytes) => {
    const first = bytes.findIndex((byte) => byte !== 0)
    return Secret.copyOf(bytes.subarray(Math.max(first, 0)))
  })
  joined.destroy()
  return trimmed
}
