import { encode } from '../../src/ttlv/encode.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'

export const OPERATION = {
  Create: 1,
  CreateKeyPair: 2,
  Register: 3,
  Locate: 8,
  Check: 9,
  Get: 10,
  GetAttributes: 11,
  GetAttributeList: 12,
  AddAttribute: 13,
  ModifyAttribute: 14,
  DeleteAttribute: 15,
  Activate: 18,
  Revoke: 19,
  Destroy: 20,
  Query: 24,
  DiscoverVersions: 30,
  Encrypt: 31,
  Decrypt: 32,
  Sign: 33,
  SetAttribute: 44,
} as const

export const structure = (tag: number, ...value: Item[]): Item => ({
  tag,
  type: ItemType.Structure,
  value,
})
export const integer = (tag: number, value: number): Item => ({
  tag,
  type: ItemType.Integer,
  value,
})
export const enumeration = (tag: number, value: number): Item => ({
  tag,
  type: ItemType.Enumeration,
  value,
})
export const text = (tag: number, value: string): Item => ({
  tag,
  type: ItemType.TextString,
  value: Buffer.from(value),
})
export const bytes = (tag: number, value: Uint8Array): Item => ({
  tag,
  type: ItemType.ByteString,
  value,
})
/** Seconds since the epoch. */
export const dateTime = (tag: number, value: number): Item => ({
  tag,
  type: ItemType.DateTime,
  value: BigInt(value),
})

/** What stands in a request beside its batch items. */
export interface RequestOptions {
  readonly major?: number
  readonly minor?: number
  /** Items of the header between the version and the Batch Count, in the standard's order. */
  readonly header?: readonly Item[]
}

/** A request message of KMIP 1.4, or of another version. */
export function request(items: readonly Item[], options: RequestOptions = {}): Uint8Array {
  const { major = 1, minor = 4, header = [] } = options
  const version = structure(0x420069, integer(0x42006a, major), integer(0x42006b, minor))
  const count = integer(0x42000d, items.length)
  return encode(structure(0x420078, structure(0x420077, version, ...header, count), ...items))
}

/** A batch item. */
export function item(operation: keyof typeof OPERATION, ...payload: Item[]): Item {
  return structure(
    0x42000f,
    enumeration(0x42005c, OPERATION[operation]),
    structure(0x420079, ...payload),
  )
}

/** One operation on one object. */
export function on(identifier: string, operation: keyof typeof OPERATION, ...rest: Item[]): Item {
  return item(operation, text(0x420094, identifier), ...rest)
}

/** Attribute of KMIP 1.x; the value's own tag does not matter. */
export function attribute(name: string, value: Item): Item {
  return structure(0x420008, text(0x42000a, name), { ...value, tag: 0x42000b })
}

export function name(value: string): Item {
  return attribute('Name', structure(0x42000b, text(0x420055, value), enumeration(0x420054, 1)))
}

/** An AES key of 256 bits with these attributes beside what it needs. */
export function create(...attributes: Item[]): Item {
  const template = structure(
    0x420091,
    attribute('Cryptographic Algorithm', enumeration(0, 3)),
    attribute('Cryptographic Length', integer(0, 256)),
    attribute('Cryptographic Usage Mask', integer(0, 12)),
    ...attributes,
  )
  return item('Create', enumeration(0x420057, 2), template)
}

/** Register of an AES key of these bytes. */
export function register(key: Uint8Array, ...attributes: Item[]): Item {
  return registerFor(12, key, ...attributes)
}

/** The same, for the uses of a Cryptographic Usage Mask. */
export function registerFor(mask: number, key: Uint8Array, ...attributes: Item[]): Item {
  const template = structure(
    0x420091,
    attribute('Cryptographic Usage Mask', integer(0, mask)),
    ...attributes,
  )
  const block = structure(
    0x420040,
    enumeration(0x420042, 1),
    structure(0x420045, bytes(0x420043, key)),
    enumeration(0x420028, 3),
    integer(0x42002a, key.length * 8),
  )
  return item('Register', enumeration(0x420057, 2), template, structure(0x42008f, block))
}

/** Register of a password. */
export function registerPassword(password: Uint8Array, ...attributes: Item[]): Item {
  const template = structure(
    0x420091,
    attribute('Cryptographic Usage Mask', integer(0, 2)),
    ...attributes,
  )
  const block = structure(
    0x420040,
    enumeration(0x420042, 2),
    structure(0x420045, bytes(0x420043, password)),
  )
  const secret = structure(0x420085, enumeration(0x420086, 1), block)
  return item('Register', enumeration(0x420057, 7), template, secret)
}

export function locateByName(value: string): Item {
  return item('Locate', name(value))
}

export function revoke(identifier: string, reason: 'unspecified' | 'compromised'): Item {
  const code = enumeration(0x420082, reason === 'compromised' ? 2 : 1)
  return on(identifier, 'Revoke', structure(0x420081, code))
}

/** Header item: Authentication by user name and password. */
export function authentication(userName: string, password: string): Item {
  const value = structure(0x420025, text(0x420099, userName), text(0x4200a1, password))
  return structure(0x42000c, structure(0x420023, enumeration(0x420024, 1), value))
}

/** Header item: what becomes of a batch when one of its items fails; 1 Continue, 2 Stop, 3 Undo. */
export function batchErrorContinuation(value: 1 | 2 | 3): Item {
  return enumeration(0x42000e, value)
}

export function clientCorrelation(value: string): Item {
  return text(0x420105, value)
}
