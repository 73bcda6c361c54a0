import { compile, type BoundCodec, type Codec, type Infer } from '../schema/codec.ts'
import { custom } from '../schema/combine.ts'
import { optional } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { existsIn } from '../schema/version.ts'
import { Secret } from '../secret/secret.ts'
import { Tag } from '../spec/tag.ts'
import { ItemType } from '../ttlv/item.ts'
import { uniqueIdentifier } from './identified.ts'

const Answer = struct({
  uniqueIdentifier,
  data: optional(Tag.Data),
  ivCounterNonce: optional(Tag.IVCounterNonce),
  correlationValue: optional(Tag.CorrelationValue),
  authenticatedEncryptionTag: optional(Tag.AuthenticatedEncryptionTag),
})

/** What Encrypt answers. */
export interface EncryptAnswer extends Infer<typeof Answer> {}

/**
 * The answer to Encrypt. The tag has a field of its own since 1.4 (KMIP 1.4 section 4.29); up to 1.3 the ciphertext ends
 * in it.
 */
export const encryptAnswer: Codec<EncryptAnswer> = custom(ItemType.Structure, (version) => {
  const bound: BoundCodec<EncryptAnswer> = compile(Answer, version)
  if (existsIn(Tag.AuthenticatedEncryptionTag, version)) return bound
  return {
    decode: (item) => bound.decode(item),
    encode: (tag, answer) => bound.encode(tag, withTagBehind(answer)),
  }
})

function withTagBehind({
  authenticatedEncryptionTag: tag,
  ...answer
}: EncryptAnswer): EncryptAnswer {
  if (tag === undefined) return answer
  const length = answer.data?.length ?? 0
  const whole = new Uint8Array(length + tag.length)
  answer.data?.expose((bytes) => {
    whole.set(bytes)
  })
  whole.set(tag, length)
  return { ...answer, data: Secret.take(whole) }
}
