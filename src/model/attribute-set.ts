import { KmipFault } from '../fault/fault.ts'
import type { AttributeName, AttributeValue } from '../spec/attribute.ts'
import { isItem, type Item } from '../ttlv/item.ts'
import { referenceKey, type AttributeReference } from './attribute-reference.ts'

/** One value of an attribute. The index stays when other instances come and go (KMIP 1.4 section 2.1.1). */
export interface Instance {
  readonly index: number
  readonly value: unknown
}

/**
 * An attribute with one value, as requests and answers carry it. The value of a standard attribute is what its row
 * of the attribute table says; that of a vendor attribute is an `Item`.
 */
export interface AttributeEntry {
  readonly reference: AttributeReference
  /** Absent where a request does not say: then it is 0 for most operations. */
  readonly index?: number
  readonly value: unknown
}

interface Slot {
  readonly reference: AttributeReference
  readonly instances: readonly Instance[]
}

/** The attributes of a managed object; a value, every change of which makes another. */
export class AttributeSet {
  readonly #slots: ReadonlyMap<string, Slot>

  private constructor(slots: ReadonlyMap<string, Slot>) {
    this.#slots = slots
  }

  /** Entries without an index are numbered in the order in which they come. */
  static from(entries: Iterable<AttributeEntry>): AttributeSet {
    const slots = new Map<string, { reference: AttributeReference; instances: Instance[] }>()
    for (const { reference, index, value } of entries) {
      const key = referenceKey(reference)
      const slot = slots.get(key)
      if (slot === undefined)
        slots.set(key, { reference, instances: [{ index: index ?? 0, value }] })
      else slot.instances.push({ index: index ?? nextIndex(slot.instances), value })
    }
    return new AttributeSet(slots)
  }

  /** The value of a single-instance attribute, or the first instance of another. */
  get<N extends AttributeName>(name: N): AttributeValue<N> | undefined {
    const instance = this.#slots.get(name)?.instances[0]
    return instance && attributeValue<N>(instance.value)
  }

  /** Every value of an attribute, lowest index first. */
  all<N extends AttributeName>(name: N): readonly AttributeValue<N>[] {
    return this.instances({ name }).map(({ value }) => attributeValue<N>(value))
  }

  instances(reference: AttributeReference): readonly Instance[] {
    return this.#slots.get(referenceKey(reference))?.instances ?? []
  }

  has(reference: AttributeReference): boolean {
    return this.#slots.has(referenceKey(reference))
  }

  /** Which attributes there are, in the order in which they were first set. */
  references(): readonly AttributeReference[] {
    return Array.from(this.#slots.values(), ({ reference }) => reference)
  }

  /** Every instance of every attribute. */
  *entries(): IterableIterator<Required<AttributeEntry>> {
    for (const { reference, instances } of this.#slots.values()) {
      for (const { index, value } of instances) yield { reference, index, value }
    }
  }

  /** Sets a single-instance attribute of the standard. */
  with<N extends AttributeName>(name: N, value: AttributeValue<N>): AttributeSet {
    return this.#replacing({ name }, [{ index: 0, value }])
  }

  /** Adds an instance behind the others. */
  adding(reference: AttributeReference, value: unknown): AttributeSet {
    const instances = this.instances(reference)
    return this.#replacing(reference, [...instances, { index: nextIndex(instances), value }])
  }

  /** Gives the instance of an index another value. */
  changing(reference: AttributeReference, index: number, value: unknown): AttributeSet {
    const changed = this.instances(reference).map((instance) =>
      instance.index === index ? { index, value } : instance,
    )
    return this.#replacing(reference, changed)
  }

  /** Removes the instance of an index. */
  removing(reference: AttributeReference, index: number): AttributeSet {
    return this.#replacing(
      reference,
      this.instances(reference).filter((instance) => instance.index !== index),
    )
  }

  /** Removes an attribute with all its instances. */
  without(reference: AttributeReference): AttributeSet {
    return this.#replacing(reference, [])
  }

  #replacing(reference: AttributeReference, instances: readonly Instance[]): AttributeSet {
    const slots = new Map(this.#slots)
    if (instances.length === 0) slots.delete(referenceKey(reference))
    else slots.set(referenceKey(reference), { reference, instances })
    return new AttributeSet(slots)
  }
}

/**
 * The value of an entry or instance of a standard attribute, with its type. Entries are made by the attribute table's
 * codecs alone, so the value is of the row's type.
 */
export function attributeValue<N extends AttributeName>(value: unknown): AttributeValue<N> {
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- the one place that says so: see above
  return value as AttributeValue<N>
}

/** The value of an entry or instance of a vendor attribute, which is an item. Throws `INTERNAL` for anything else. */
export function vendorItem(value: unknown): Item {
  if (isItem(value)) return value
  throw new KmipFault('INTERNAL', 'A vendor attribute has no item for its value')
}

function nextIndex(instances: readonly Instance[]): number {
  return instances.reduce((highest, { index }) => Math.max(highest, index), -1) + 1
}
