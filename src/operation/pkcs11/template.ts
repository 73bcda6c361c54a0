import type { CryptokiAttribute } from '../../message/pkcs11/attribute.ts'
import type { AttributeEntry } from '../../model/attribute-set.ts'
import type { DateTime } from '../../schema/primitive.ts'
import type { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import { NameType } from '../../spec/enum/name-type.ts'
import { PKCS_11ReturnCode as RC } from '../../spec/enum/pkcs-11-return-code.ts'
import { CryptographicUsageMask as U } from '../../spec/mask/cryptographic-usage-mask.ts'
import {
  CRYPTOKI_ATTRIBUTES as CKA,
  type CryptokiAttributeName,
} from '../../spec/pkcs11/attribute.ts'
import { hexOf, ID_NAMESPACE } from './object-value.ts'

/** A kind of key that can be made. */
export interface KeyKind {
  readonly objectClass: number
  readonly keyType: number
  readonly algorithm: CryptographicAlgorithm
  /** Bits of the Cryptographic Usage Mask where the template names no use. */
  readonly uses: number
}

/** What a template may say of a key; of the others the server could not keep its word. */
const TAKEN: ReadonlySet<number> = new Set(
  (
    [
      ...(['CLASS', 'KEY_TYPE', 'TOKEN', 'PRIVATE', 'LABEL', 'ID', 'VALUE', 'VALUE_LEN'] as const),
      ...(['MODULUS_BITS', 'PUBLIC_EXPONENT', 'SENSITIVE', 'EXTRACTABLE', 'ENCRYPT'] as const),
      ...(['DECRYPT', 'SIGN', 'VERIFY', 'WRAP', 'UNWRAP', 'DERIVE'] as const),
    ] satisfies readonly CryptokiAttributeName[]
  ).map((name) => CKA[name][0]),
)

/** What stands against making a key by a template. */
export function templateRefusal(
  template: readonly CryptokiAttribute[],
  { objectClass, keyType }: KeyKind,
): RC | undefined {
  const wanted = new Template(template)
  const types = template.map(({ type }) => type)
  if (new Set(types).size < types.length) return RC.TEMPLATE_INCONSISTENT
  if (types.some((type) => !TAKEN.has(type))) return RC.ATTRIBUTE_TYPE_INVALID
  if ((wanted.ulong('CLASS') ?? objectClass) !== objectClass) return RC.TEMPLATE_INCONSISTENT
  if ((wanted.ulong('KEY_TYPE') ?? keyType) !== keyType) return RC.TEMPLATE_INCONSISTENT
  // Objects of a session would have to end with it; there are none.
  if (wanted.boolean('TOKEN') === false) return RC.ATTRIBUTE_VALUE_INVALID
  return undefined
}

type NameOf<K> = {
  [N in CryptokiAttributeName]: (typeof CKA)[N][1] extends K ? N : never
}[CryptokiAttributeName]

const USES: readonly (readonly [NameOf<'boolean'>, number])[] = [
  ['ENCRYPT', U.Encrypt],
  ['DECRYPT', U.Decrypt],
  ['WRAP', U.WrapKey],
  ['UNWRAP', U.UnwrapKey],
  ['DERIVE', U.DeriveKey],
]

/** The attributes that a client wants a new object to have. */
export class Template {
  readonly #values: ReadonlyMap<number, Uint8Array>

  constructor(template: readonly CryptokiAttribute[]) {
    this.#values = new Map(
      template.flatMap(({ type, value }) => (value === undefined ? [] : [[type, value] as const])),
    )
  }

  bytes(name: NameOf<'bytes'>): Uint8Array | undefined {
    return this.#values.get(CKA[name][0])
  }

  hex(name: NameOf<'bytes'>): string | undefined {
    const value = this.bytes(name)
    return value && hexOf(value)
  }

  boolean(name: NameOf<'boolean'>): boolean | undefined {
    const first = this.#values.get(CKA[name][0])?.[0]
    return first === undefined ? undefined : first === 1
  }

  /** A number; one that is not exact is larger than all that are taken. */
  ulong(name: NameOf<'ulong'>): number | undefined {
    const value = this.#values.get(CKA[name][0])
    if (value?.length !== 8) return undefined
    return Number(new DataView(value.buffer, value.byteOffset).getBigUint64(0))
  }

  /** The same in KMIP's words: a key is of use as soon as it is made, so it is active. */
  entries(kind: KeyKind, now: DateTime): readonly AttributeEntry[] {
    const label = this.bytes('LABEL')
    const id = this.hex('ID')
    const sensitive = this.boolean('SENSITIVE')
    const extractable = this.boolean('EXTRACTABLE')
    return [
      { reference: { name: 'CryptographicAlgorithm' }, value: kind.algorithm },
      { reference: { name: 'CryptographicUsageMask' }, value: this.#mask(kind) },
      { reference: { name: 'ActivationDate' }, value: now },
      ...(label === undefined || label.length === 0 ? [] : [nameEntry(label)]),
      ...(id === undefined || id === '' ? [] : [idEntry(id)]),
      ...(sensitive === undefined ? [] : [flagEntry('Sensitive', sensitive)]),
      ...(extractable === undefined ? [] : [flagEntry('Extractable', extractable)]),
    ]
  }

  #mask({ uses }: KeyKind): number {
    const isMac = (uses & U.MACGenerate) !== 0
    const table = [
      ...USES,
      ['SIGN', isMac ? U.MACGenerate : U.Sign] as const,
      ['VERIFY', isMac ? U.MACVerify : U.Verify] as const,
    ]
    const named = table.filter(([name]) => this.boolean(name) !== undefined)
    if (named.length === 0) return uses
    return named.reduce((all, [name, bit]) => (this.boolean(name) === true ? all | bit : all), 0)
  }
}

function nameEntry(label: Uint8Array): AttributeEntry {
  const nameValue = new TextDecoder().decode(label)
  const value = { nameValue, nameType: NameType.UninterpretedTextString }
  return { reference: { name: 'Name' }, value }
}

function idEntry(applicationData: string): AttributeEntry {
  const value = { applicationNamespace: ID_NAMESPACE, applicationData }
  return { reference: { name: 'ApplicationSpecificInformation' }, value }
}

function flagEntry(name: 'Sensitive' | 'Extractable', value: boolean): AttributeEntry {
  return { reference: { name }, value }
}
