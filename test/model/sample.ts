import { KmipFault } from '../../src/fault/fault.ts'
import type { FaultCode } from '../../src/fault/fault-code.ts'
import { AttributeSet, type AttributeEntry } from '../../src/model/attribute-set.ts'
import type { SymmetricKeyContent } from '../../src/model/content.ts'
import type { ManagedObject } from '../../src/model/managed-object.ts'
import { membersOf } from '../../src/schema/enumeration.ts'
import { Secret } from '../../src/secret/secret.ts'
import type { AttributeName, AttributeValue } from '../../src/spec/attribute.ts'
import type { ObjectTypeName } from '../../src/spec/attribute/object-types.ts'
import { CryptographicAlgorithm } from '../../src/spec/enum/cryptographic-algorithm.ts'
import { KeyFormatType } from '../../src/spec/enum/key-format-type.ts'
import { ObjectType } from '../../src/spec/enum/object-type.ts'
import { State } from '../../src/spec/enum/state.ts'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'

/** A moment in 2023: tests need one, not this one. */
export const NOW = 1_700_000_000

/** The states of KMIP 1.4 section 3.22. */
export const STATES = [
  'PreActive',
  'Active',
  'Deactivated',
  'Compromised',
  'Destroyed',
  'DestroyedCompromised',
] as const
export type StateName = (typeof STATES)[number]

export function keyContent(bytes = 16): SymmetricKeyContent {
  return {
    objectType: ObjectType.SymmetricKey,
    keyBlock: {
      keyFormatType: KeyFormatType.Raw,
      keyValue: { form: 'bytes', material: Secret.copyOf(new Uint8Array(bytes)), attributes: [] },
      cryptographicAlgorithm: CryptographicAlgorithm.AES,
      cryptographicLength: bytes * 8,
    },
  }
}

/** One attribute of the standard, with the type of its value checked. */
export function entry<N extends AttributeName>(name: N, value: AttributeValue<N>): AttributeEntry {
  return { reference: { name }, value }
}

/** A custom attribute (KMIP 1.x) or vendor attribute (KMIP 2.x) with a text. */
export function vendorEntry(vendor: string, name: string, text: string): AttributeEntry {
  return { reference: { vendor, name }, value: textItem(text) }
}

export function textItem(text: string): Item {
  return {
    tag: Tag.AttributeValue.number,
    type: ItemType.TextString,
    value: new TextEncoder().encode(text),
  }
}

/** A symmetric key in a state, with further attributes. */
export function keyIn(state: StateName, ...entries: readonly AttributeEntry[]): ManagedObject {
  const isDestroyed = state === 'Destroyed' || state === 'DestroyedCompromised'
  return {
    uniqueIdentifier: 'key-1',
    objectType: ObjectType.SymmetricKey,
    owner: 'client-1',
    content: isDestroyed ? undefined : keyContent(),
    attributes: AttributeSet.from([
      entry('State', State[state]),
      entry('InitialDate', NOW - 1_000),
      entry('LastChangeDate', NOW - 1_000),
      ...entries,
    ]),
  }
}

/** A key said to be of another Object Type. */
export function objectOf(name: ObjectTypeName, ...entries: readonly AttributeEntry[]) {
  return { ...keyIn('PreActive', ...entries), objectType: ObjectType[name] }
}

export function stateOf({ attributes }: ManagedObject): string | undefined {
  return membersOf(State).nameOf(Number(attributes.get('State')))
}

/** The code of the fault that is thrown; undefined when none is. */
export function codeOf(act: () => unknown): FaultCode | undefined {
  try {
    act()
  } catch (error) {
    if (error instanceof KmipFault) return error.code
    throw error
  }
  return undefined
}
