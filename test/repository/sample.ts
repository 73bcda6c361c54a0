import { createHash } from 'node:crypto'
import type { AttributeEntry } from '../../src/model/attribute-set.ts'
import type { ObjectContent } from '../../src/model/content.ts'
import type { ManagedObject } from '../../src/model/managed-object.ts'
import { newObject } from '../../src/model/new-object.ts'
import type { Sealer } from '../../src/port/sealer.ts'
import type { Store } from '../../src/port/store.ts'
import { ObjectRepository } from '../../src/repository/object-repository.ts'
import type { UnitOfWork, UnitScope } from '../../src/repository/unit-of-work.ts'
import type { Criterion } from '../../src/repository/filter-match.ts'
import type { ObjectQuery } from '../../src/repository/locate.ts'
import { Secret } from '../../src/secret/secret.ts'
import type { AttributeName, AttributeValue } from '../../src/spec/attribute.ts'
import { CryptographicAlgorithm } from '../../src/spec/enum/cryptographic-algorithm.ts'
import { HashingAlgorithm } from '../../src/spec/enum/hashing-algorithm.ts'
import { KeyFormatType } from '../../src/spec/enum/key-format-type.ts'
import { NameType } from '../../src/spec/enum/name-type.ts'
import { ObjectType } from '../../src/spec/enum/object-type.ts'
import { RNGAlgorithm } from '../../src/spec/enum/rng-algorithm.ts'
import type { Name } from '../../src/spec/structure/name.ts'
import { attributeItem } from '../../src/message/attribute-item.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { plainSealer } from '../fixtures/plain-sealer.ts'
import { memoryStore } from '../../src/adapter/store-memory.ts'

/** 2026-01-01T00:00:00Z. */
export const NOW = 1_767_225_600

export const OWNER = 'owner-a'

export interface Opened {
  readonly store: Store
  readonly objects: ObjectRepository
  readonly sealer: Sealer
}

/** A repository over a store, in memory unless one is given, that hides nothing. */
export async function openObjects(
  store: Store = memoryStore(),
  cachedObjects = 1_000,
  sealer: Sealer = plainSealer(),
): Promise<Opened> {
  return { store, sealer, objects: await ObjectRepository.open(store, sealer, { cachedObjects }) }
}

/** Does something in a unit of its own and stores it. */
export async function inUnit<T>(
  objects: ObjectRepository,
  work: (unit: UnitOfWork) => Promise<T>,
  { owner = OWNER, namespace, now = NOW }: Partial<UnitScope> = {},
): Promise<T> {
  const unit = objects.begin({ owner, namespace, now })
  const result = await work(unit)
  const outcome = await unit.commit()
  if (outcome !== 'done') throw new Error(outcome)
  return result
}

export interface KeyOptions {
  readonly id?: string
  readonly owner?: string
  readonly namespace?: string
  readonly names?: readonly string[]
  readonly material?: Uint8Array
  readonly entries?: readonly AttributeEntry[]
  readonly now?: number
}

let counter = 0

/** A symmetric key as Create makes it: AES-256, Pre-Active. */
export function aesKey(options: KeyOptions = {}): ManagedObject {
  counter += 1
  const uniqueIdentifier = options.id ?? `key-${counter}`
  const bytes = options.material ?? sha256(`material of ${uniqueIdentifier}`)
  return newObject({
    uniqueIdentifier,
    owner: options.owner ?? OWNER,
    namespace: options.namespace,
    content: symmetricKey(bytes),
    requested: [
      entry('CryptographicAlgorithm', CryptographicAlgorithm.AES),
      entry('CryptographicLength', bytes.length * 8),
      entry('CryptographicUsageMask', 0b1100),
      ...(options.names ?? []).map((text) => entry('Name', name(text))),
      ...(options.entries ?? []),
    ],
    shortUniqueIdentifier: sha256(uniqueIdentifier),
    digest: {
      hashingAlgorithm: HashingAlgorithm.SHA_256,
      digestValue: sha256(bytes),
      keyFormatType: KeyFormatType.Raw,
    },
    rules: { usageMask: 'free', conflictingUsage: 'allow' },
    leaseTime: 3_600,
    generator: { rngAlgorithm: RNGAlgorithm.DRBG },
    now: options.now ?? NOW,
  })
}

function symmetricKey(bytes: Uint8Array): ObjectContent {
  return {
    objectType: ObjectType.SymmetricKey,
    keyBlock: {
      keyFormatType: KeyFormatType.Raw,
      keyValue: { form: 'bytes', material: Secret.copyOf(bytes), attributes: [] },
      cryptographicAlgorithm: CryptographicAlgorithm.AES,
      cryptographicLength: bytes.length * 8,
    },
  }
}

export function entry<N extends AttributeName>(name: N, value: AttributeValue<N>): AttributeEntry {
  return { reference: { name }, value }
}

export function vendorText(name: string, text: string): AttributeEntry {
  return { reference: { vendor: 'x', name }, value: textItem(text) }
}

export function textItem(text: string): Item {
  return { tag: 0x42_00_0b, type: ItemType.TextString, value: new TextEncoder().encode(text) }
}

export const name = (nameValue: string): Name => ({
  nameValue,
  nameType: NameType.UninterpretedTextString,
})

/** What a filter for the value of an attribute asks. */
export function criterion(...entries: readonly [AttributeEntry, ...AttributeEntry[]]): Criterion {
  return { reference: entries[0].reference, items: entries.map((each) => attributeItem(each)) }
}

/** All online objects that meet the criteria. */
export function query(
  criteria: readonly Criterion[],
  rest: Partial<Omit<ObjectQuery, 'criteria'>> = {},
): ObjectQuery {
  return { criteria, statuses: ['online'], offset: 0, limit: 1_000_000, count: false, ...rest }
}

export const named = (text: string): ObjectQuery => query([criterion(entry('Name', name(text)))])

/** The bytes of a symmetric key; undefined once they are gone from the record. */
export function materialOf({ content }: ManagedObject): Uint8Array | undefined {
  if (content === undefined || !('keyBlock' in content)) return undefined
  return content.keyBlock.keyValue?.material.expose((bytes) => Uint8Array.from(bytes))
}

/** The object as Destroy leaves it. */
export function destroyed(object: ManagedObject): ManagedObject {
  return { ...object, content: undefined }
}

export function sha256(input: string | Uint8Array): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(input).digest())
}
