import { TokenRefusal, type TokenAttribute } from '../../../port/token.ts'
import { PKCS_11ReturnCode as RC } from '../../../spec/enum/pkcs-11-return-code.ts'
import { CryptographicUsageMask as U } from '../../../spec/mask/cryptographic-usage-mask.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../../spec/pkcs11/attribute.ts'
import { ObjectClass } from '../../../spec/pkcs11/constant.ts'
import type { KeyKind, Template } from '../template.ts'
import type { Hsm } from './hsm.ts'
import type { ObjectNames } from './mark.ts'

type UseName = 'ENCRYPT' | 'DECRYPT' | 'SIGN' | 'VERIFY'

/** The uses that keys of a class can have. */
const USES: ReadonlyMap<number, readonly UseName[]> = new Map<number, readonly UseName[]>([
  [ObjectClass.SecretKey, ['ENCRYPT', 'DECRYPT', 'SIGN', 'VERIFY']],
  [ObjectClass.PublicKey, ['ENCRYPT', 'VERIFY']],
  [ObjectClass.PrivateKey, ['DECRYPT', 'SIGN']],
])

const BITS: Readonly<Record<UseName, number>> = {
  ENCRYPT: U.Encrypt,
  DECRYPT: U.Decrypt,
  SIGN: U.Sign | U.MACGenerate,
  VERIFY: U.Verify | U.MACVerify,
}

/** Uses that no function here has, by which a key could come out of the token. */
const WITHHELD = ['WRAP', 'UNWRAP', 'DERIVE'] as const

/**
 * What a key is to be. Each use is said outright, for tokens are known where a key may do what nobody spoke of. Throws
 * `ATTRIBUTE_VALUE_INVALID` as a `TokenRefusal` for what is not permitted.
 */
export function keyAttributes(
  wanted: Template,
  kind: KeyKind,
  { extractable }: Hsm,
): readonly TokenAttribute[] {
  if (WITHHELD.some((name) => wanted.boolean(name) === true)) throw notPermitted()
  const uses = USES.get(kind.objectClass) ?? []
  const isNamed = uses.some((name) => wanted.boolean(name) !== undefined)
  return [
    ...uses.map((name) => ({
      type: CKA[name][0],
      value: isNamed ? (wanted.boolean(name) ?? false) : (kind.uses & BITS[name]) !== 0,
    })),
    ...(kind.objectClass === ObjectClass.PublicKey ? [] : secrecy(wanted, extractable)),
  ]
}

function secrecy(wanted: Template, mayBeRead: boolean): readonly TokenAttribute[] {
  const isSensitive = wanted.boolean('SENSITIVE') ?? true
  const isExtractable = wanted.boolean('EXTRACTABLE') ?? false
  if (!mayBeRead && (!isSensitive || isExtractable)) throw notPermitted()
  return [
    { type: CKA.PRIVATE[0], value: true },
    { type: CKA.SENSITIVE[0], value: isSensitive },
    { type: CKA.EXTRACTABLE[0], value: isExtractable },
  ]
}

/** What the client calls its object. */
export function namesWanted(wanted: Template): ObjectNames {
  return {
    id: wanted.bytes('ID') ?? new Uint8Array(0),
    label: wanted.bytes('LABEL') ?? new Uint8Array(0),
  }
}

function notPermitted(): TokenRefusal {
  return new TokenRefusal(RC.ATTRIBUTE_VALUE_INVALID)
}
