import type { CryptokiAttribute } from '../../../message/pkcs11/attribute.ts'
import type { TokenObject, TokenValue } from '../../../port/token.ts'
import {
  CRYPTOKI_ATTRIBUTE_OF,
  CRYPTOKI_ATTRIBUTES as CKA,
} from '../../../spec/pkcs11/attribute.ts'
import { namesIn, uniqueIdOf } from './mark.ts'

/** What keys are made of: it is neither shown nor looked for. */
export const SECRET_TYPES: readonly number[] = [
  ...[CKA.VALUE[0], CKA.PRIVATE_EXPONENT[0], CKA.PRIME_1[0], CKA.PRIME_2[0]],
  ...[CKA.EXPONENT_1[0], CKA.EXPONENT_2[0], CKA.COEFFICIENT[0]],
]

/** Attributes that the server keeps itself, in CKA_ID. */
export const OWN_TYPES: readonly number[] = [CKA.LABEL[0], CKA.ID[0], CKA.UNIQUE_ID[0]]

/** One of these of an object. */
export function ownValue(type: number, object: TokenObject): Uint8Array | undefined {
  const names = namesIn(object.id)
  switch (type) {
    case CKA.LABEL[0]:
      return names?.label
    case CKA.ID[0]:
      return names?.id
    case CKA.UNIQUE_ID[0]:
      return uniqueIdOf(object)
    default:
      return undefined
  }
}

/** A value as parameters have it: numbers in eight bytes, the most significant first. */
export function writtenValue(value: TokenValue): Uint8Array {
  if (typeof value === 'boolean') return Uint8Array.of(value ? 1 : 0)
  if (typeof value !== 'number') return value
  const bytes = new Uint8Array(8)
  // What is not exact is what PKCS#11 has for a number that nobody knows.
  const number = Number.isSafeInteger(value) ? BigInt(value) : 0xffff_ffff_ffff_ffffn
  new DataView(bytes.buffer).setBigUint64(0, number)
  return bytes
}

/** The value of an attribute of a request, as the token has it. */
export function readValue({ type, value = new Uint8Array(0) }: CryptokiAttribute): TokenValue {
  switch (CRYPTOKI_ATTRIBUTE_OF.get(type)?.kind) {
    case 'boolean':
      return value[0] === 1
    case 'ulong':
      return value.length === 8
        ? Number(new DataView(value.buffer, value.byteOffset).getBigUint64(0))
        : 0
    case 'bytes':
    case 'date':
    case 'ulongs':
    case undefined:
      return value
  }
}
