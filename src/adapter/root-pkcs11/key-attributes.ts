import { KmipFault } from '../../fault/fault.ts'
import type { Token, TokenAnswer, TokenAttribute, TokenObject } from '../../port/token.ts'
import { PKCS_11ReturnCode as RC } from '../../spec/enum/pkcs-11-return-code.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../spec/pkcs11/attribute.ts'
import { KeyType, ObjectClass } from '../../spec/pkcs11/constant.ts'

/** What kmipd makes in the token. */
export type RootKeyKind = 'aes' | 'rsa'

/** Bytes of an AES key, and bits of the modulus of a new pair and the least that is accepted. */
export const AES_BYTES = 32
export const MODULUS_BITS = 3_072

/** Template of an AES root key. */
export function secretTemplate(id: Uint8Array): readonly TokenAttribute[] {
  return [
    ...named(id, ObjectClass.SecretKey, KeyType.AES),
    ...SHUT,
    { type: CKA.VALUE_LEN[0], value: AES_BYTES },
    ...flags(true, ['ENCRYPT', 'DECRYPT']),
    ...flags(false, ['VERIFY', 'WRAP']),
  ]
}

/** Templates of a pair: its public and its private half. */
export function pairTemplates(
  id: Uint8Array,
): readonly [readonly TokenAttribute[], readonly TokenAttribute[]] {
  return [
    [
      ...named(id, ObjectClass.PublicKey, KeyType.RSA),
      ...flags(true, ['TOKEN', 'ENCRYPT']),
      ...flags(false, ['VERIFY', 'WRAP']),
      { type: CKA.MODULUS_BITS[0], value: MODULUS_BITS },
      { type: CKA.PUBLIC_EXPONENT[0], value: Uint8Array.of(1, 0, 1) },
    ],
    [
      ...named(id, ObjectClass.PrivateKey, KeyType.RSA),
      ...SHUT,
      ...flags(true, ['DECRYPT']),
      ...flags(false, ['SIGN_RECOVER']),
    ],
  ]
}

/**
 * Looks at what the token says of a root key. Throws `UNAVAILABLE` that names the first attribute that is wrong: a key
 * that may leave the token, or may do more than open this store, is no root.
 *
 * @param isLocal - whether the token has to say that it made the key
 */
export async function checkRootKey(
  token: Pick<Token, 'read'>,
  key: TokenObject,
  isLocal: boolean,
): Promise<void> {
  const rules = [
    ...COMMON_RULES,
    ...(key.objectClass === ObjectClass.SecretKey ? SECRET_RULES : PRIVATE_RULES),
    ...(isLocal ? LOCAL_RULES : []),
  ]
  const types = rules.map(({ attribute }) => CKA[attribute][0])
  const answers = await token.read(key, types)
  for (const [index, { attribute, accepts, why }] of rules.entries()) {
    const answer = answers[index]
    if (answer !== undefined && accepts(answer)) continue
    const text = `The root key in the token is refused: ${why} (CKA_${attribute})`
    throw new KmipFault('UNAVAILABLE', text)
  }
}

/** Whether the token says that it made the key. */
export async function isSaidLocal(token: Token, key: TokenObject): Promise<boolean> {
  const [answer] = await token.read(key, [CKA.LOCAL[0]])
  return answer !== undefined && is(true)(answer)
}

type Name = keyof typeof CKA

interface Rule {
  readonly attribute: Name
  readonly accepts: (answer: TokenAnswer) => boolean
  /** As in 'it may leave the token'. */
  readonly why: string
}

const is =
  (wanted: boolean | number) =>
  (answer: TokenAnswer): boolean =>
    'value' in answer && answer.value === wanted

/** What a class of keys does not have it does not do. */
const isNot = (answer: TokenAnswer): boolean =>
  'value' in answer ? answer.value === false : answer.returnCode === RC.ATTRIBUTE_TYPE_INVALID

const rule = (attribute: Name, accepts: Rule['accepts'], why: string): Rule => ({
  attribute,
  accepts,
  why,
})

const COMMON_RULES: readonly Rule[] = [
  rule('TOKEN', is(true), 'it does not stay in the token'),
  rule('PRIVATE', is(true), 'it may be used without the PIN'),
  rule('SENSITIVE', is(true), 'it may be read'),
  rule('EXTRACTABLE', is(false), 'it may leave the token'),
  rule('ALWAYS_SENSITIVE', is(true), 'it could be read once'),
  rule('NEVER_EXTRACTABLE', is(true), 'it could leave the token once'),
  rule('DECRYPT', is(true), 'it may not decrypt'),
  rule('UNWRAP', isNot, 'it may unwrap'),
  rule('SIGN', isNot, 'it may sign'),
  rule('DERIVE', isNot, 'other keys may be derived from it'),
]

const SECRET_RULES: readonly Rule[] = [
  rule('KEY_TYPE', is(KeyType.AES), 'it is no AES key'),
  rule('VALUE_LEN', is(AES_BYTES), 'it does not have 256 bits'),
  rule('ENCRYPT', is(true), 'it may not encrypt'),
  rule('WRAP', isNot, 'it may wrap'),
  rule('VERIFY', isNot, 'it may verify'),
]

const PRIVATE_RULES: readonly Rule[] = [
  rule('KEY_TYPE', is(KeyType.RSA), 'it is no RSA key'),
  rule('MODULUS', isLong, `it does not have ${MODULUS_BITS} bits`),
  rule('SIGN_RECOVER', isNot, 'it may sign'),
]

const LOCAL_RULES: readonly Rule[] = [rule('LOCAL', is(true), 'it was not made in the token')]

function isLong(answer: TokenAnswer): boolean {
  if (!('value' in answer) || !(answer.value instanceof Uint8Array)) return false
  const first = answer.value.findIndex((byte) => byte !== 0)
  const top = answer.value[first]
  if (top === undefined) return false
  const bits = (answer.value.length - first) * 8 - (Math.clz32(top) - 24)
  return bits >= MODULUS_BITS
}

function named(id: Uint8Array, objectClass: number, keyType: number): readonly TokenAttribute[] {
  return [
    { type: CKA.CLASS[0], value: objectClass },
    { type: CKA.KEY_TYPE[0], value: keyType },
    { type: CKA.LABEL[0], value: new TextEncoder().encode('kmipd root') },
    { type: CKA.ID[0], value: id },
  ]
}

function flags(value: boolean, names: readonly Name[]): readonly TokenAttribute[] {
  return names.map((name) => ({ type: CKA[name][0], value }))
}

/** Stays, is used after a login alone, and does nothing that is not asked for. */
const SHUT: readonly TokenAttribute[] = [
  ...flags(true, ['TOKEN', 'PRIVATE', 'SENSITIVE']),
  ...flags(false, ['EXTRACTABLE', 'UNWRAP', 'SIGN', 'DERIVE']),
]
