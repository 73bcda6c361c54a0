import type { AttributeSet } from '../../model/attribute-set.ts'
import { keyBlockOf, type ObjectContent } from '../../model/content.ts'
import { compile } from '../../schema/codec.ts'
import type { Secret } from '../../secret/secret.ts'
import { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../spec/pkcs11/attribute.ts'
import { ObjectClass } from '../../spec/pkcs11/constant.ts'
import { TransparentRSAPublicKeyStruct } from '../../spec/structure/transparent-key.ts'
import { decode } from '../../ttlv/decode.ts'
import type { OperationContext } from '../context.ts'
import { get } from '../get.ts'
import { classOf } from './object-value.ts'

const PRIVATE_PARTS: readonly number[] = [
  CKA.VALUE[0],
  CKA.PRIVATE_EXPONENT[0],
  CKA.PRIME_1[0],
  CKA.PRIME_2[0],
  CKA.EXPONENT_1[0],
  CKA.EXPONENT_2[0],
  CKA.COEFFICIENT[0],
]

/**
 * The value of an attribute that the object itself holds, got by the rules of Get; undefined where it is none of the
 * object's, `sensitive` where it must not be seen. Of private keys nothing is shown this way: Get has them.
 *
 * @throws KmipFault what Get throws, `SENSITIVE` and `NOT_EXTRACTABLE` among it
 */
export async function valueInside(
  type: number,
  attributes: AttributeSet,
  context: OperationContext,
): Promise<Uint8Array | 'sensitive' | undefined> {
  const kind = classOf(attributes)
  if (kind === ObjectClass.PrivateKey) return PRIVATE_PARTS.includes(type) ? 'sensitive' : undefined
  if (kind === ObjectClass.PublicKey) return publicPart(type, attributes, context)
  if (type !== CKA.VALUE[0]) return undefined
  return contentBytes(await contentOf(attributes, {}, context))
}

async function contentOf(
  attributes: AttributeSet,
  view: { readonly keyFormatType?: KeyFormatType },
  context: OperationContext,
): Promise<ObjectContent> {
  const value = attributes.get('UniqueIdentifier') ?? ''
  const { object } = await context.perform(get, {
    uniqueIdentifier: { kind: 'identifier', value },
    ...view,
  })
  return object
}

/** A copy: what is given is zeroed once it is written. */
function contentBytes(content: ObjectContent): Uint8Array | undefined {
  if ('certificateValue' in content) return Uint8Array.from(content.certificateValue)
  if ('certificateRequestValue' in content) return Uint8Array.from(content.certificateRequestValue)
  if ('opaqueDataValue' in content) return copied(content.opaqueDataValue)
  const keyValue = keyBlockOf(content)?.keyValue
  return keyValue?.form === 'bytes' ? copied(keyValue.material) : undefined
}

function copied(secret: Secret): Uint8Array {
  return secret.expose((bytes) => Uint8Array.from(bytes))
}

async function publicPart(
  type: number,
  attributes: AttributeSet,
  context: OperationContext,
): Promise<Uint8Array | undefined> {
  if (type === CKA.PUBLIC_KEY_INFO[0]) {
    return contentBytes(
      await contentOf(attributes, { keyFormatType: KeyFormatType.X_509 }, context),
    )
  }
  const isRsa = attributes.get('CryptographicAlgorithm') === CryptographicAlgorithm.RSA
  if (!isRsa || (type !== CKA.MODULUS[0] && type !== CKA.PUBLIC_EXPONENT[0])) return undefined
  const keyFormatType = KeyFormatType.TransparentRSAPublicKey
  const content = await contentOf(attributes, { keyFormatType }, context)
  const material = keyBlockOf(content)?.keyValue?.material
  const key = material?.expose((bytes) =>
    compile(TransparentRSAPublicKeyStruct, '2.1').decode(decode(bytes)),
  )
  return key && magnitude(type === CKA.MODULUS[0] ? key.modulus : key.publicExponent)
}

/** A number of PKCS#11 has no zeros in front. */
function magnitude(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0)
  return bytes.slice(Math.max(first, 0))
}
