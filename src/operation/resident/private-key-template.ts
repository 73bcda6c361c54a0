import { KmipFault } from '../../fault/fault.ts'
import type { KeyBlock } from '../../model/key-block.ts'
import type { TokenAttribute } from '../../port/token.ts'
import { compile } from '../../schema/codec.ts'
import { Secret } from '../../secret/secret.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import {
  CRYPTOKI_ATTRIBUTES as CKA,
  type CryptokiAttributeName,
} from '../../spec/pkcs11/attribute.ts'
import { KeyType } from '../../spec/pkcs11/constant.ts'
import {
  TransparentECPrivateKeyStruct,
  TransparentRSAPrivateKeyStruct,
} from '../../spec/structure/transparent-key.ts'
import { decode } from '../../ttlv/decode.ts'
import type { Services } from '../context.ts'
import { tokenCurve } from './token-curve.ts'

const F = KeyFormatType

/**
 * What a private key is brought to a token as, given to `use` and zeroed behind it. Throws `STORAGE_UNAVAILABLE` for
 * keys of other algorithms and curves than tokens have here.
 */
export async function withPrivateKeyAttributes<T>(
  keyBlock: KeyBlock,
  { keyFormats }: Pick<Services, 'keyFormats'>,
  use: (attributes: readonly TokenAttribute[]) => Promise<T>,
): Promise<T> {
  const curve = keyFormats.describe(ObjectType.PrivateKey, keyBlock)?.curve
  const keyFormatType = curve === undefined ? F.TransparentRSAPrivateKey : F.TransparentECPrivateKey
  const { keyValue } = keyFormats.convert(ObjectType.PrivateKey, keyBlock, { keyFormatType })
  if (keyValue === undefined) throw unknownKey()
  const parts = keyValue.material.expose(curve === undefined ? rsaParts : curveParts)
  keyValue.material.destroy()
  try {
    return await use(parts)
  } finally {
    for (const { value } of parts) if (value instanceof Uint8Array) value.fill(0)
  }
}

type Part = readonly [name: CryptokiAttributeName, number: Uint8Array | Secret | undefined]

function rsaParts(material: Uint8Array): readonly TokenAttribute[] {
  const key = compile(TransparentRSAPrivateKeyStruct, '2.1').decode(decode(material))
  const parts: readonly Part[] = [
    ['MODULUS', key.modulus],
    ['PUBLIC_EXPONENT', key.publicExponent],
    ['PRIVATE_EXPONENT', key.privateExponent],
    ['PRIME_1', key.p],
    ['PRIME_2', key.q],
    ['EXPONENT_1', key.primeExponentP],
    ['EXPONENT_2', key.primeExponentQ],
    ['COEFFICIENT', key.crtCoefficient],
  ]
  return [{ type: CKA.KEY_TYPE[0], value: KeyType.RSA }, ...parts.map(numbered)]
}

function curveParts(material: Uint8Array): readonly TokenAttribute[] {
  const { recommendedCurve, d } = compile(TransparentECPrivateKeyStruct, '2.1').decode(
    decode(material),
  )
  const curve = tokenCurve(recommendedCurve)
  if (curve === undefined) throw unknownKey()
  const value = d.expose((bytes) => {
    const whole = new Uint8Array(curve.bytes)
    const digits = bytes.subarray(Math.max(0, bytes.length - curve.bytes))
    whole.set(digits, curve.bytes - digits.length)
    return whole
  })
  d.destroy()
  return [
    { type: CKA.KEY_TYPE[0], value: KeyType.EC },
    { type: CKA.EC_PARAMS[0], value: Uint8Array.from(curve.parameters) },
    { type: CKA.VALUE[0], value },
  ]
}

/** A number without the zeros in front, as PKCS#11 has it. */
function numbered([name, number]: Part): TokenAttribute {
  if (number === undefined) throw unknownKey()
  const trimmed = (bytes: Uint8Array) =>
    bytes.slice(
      Math.max(
        0,
        bytes.findIndex((byte) => byte !== 0),
      ),
    )
  const value = number instanceof Secret ? number.expose(trimmed) : trimmed(number)
  if (number instanceof Secret) number.destroy()
  return { type: CKA[name][0], value }
}

function unknownKey(): KmipFault {
  return new KmipFault('STORAGE_UNAVAILABLE', 'The token does not have keys of this kind')
}
