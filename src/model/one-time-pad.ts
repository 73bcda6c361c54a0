import { KmipFault } from '../fault/fault.ts'
import { Secret } from '../secret/secret.ts'
import { CryptographicAlgorithm } from '../spec/enum/cryptographic-algorithm.ts'
import { Tag } from '../spec/tag.ts'
import { ItemType } from '../ttlv/item.ts'
import { vendorItem, type AttributeSet } from './attribute-set.ts'
import type { VendorReference } from './attribute-reference.ts'
import type { ManagedObject } from './managed-object.ts'

/** What a pad is used for: each direction goes through the pad by itself. */
export type PadUse = 'encrypt' | 'decrypt'

/** How many bytes of a pad are used up; the server's own attributes, so that clients see them and cannot turn them back. */
const USED: Readonly<Record<PadUse, VendorReference>> = {
  encrypt: { vendor: 'y', name: 'One Time Pad Encrypted' },
  decrypt: { vendor: 'y', name: 'One Time Pad Decrypted' },
}

/** Whether an object is a pad of random bytes that data is added to, each byte of it once. */
export function isOneTimePad({ attributes }: ManagedObject): boolean {
  return attributes.get('CryptographicAlgorithm') === CryptographicAlgorithm.OneTimePad
}

/**
 * Adds the next bytes of a pad to data, and counts them as used.
 *
 * @throws KmipFault `USAGE_EXHAUSTED` when so many are not left
 */
export function applyPad(
  object: ManagedObject,
  use: PadUse,
  { pad, data }: { readonly pad: Secret; readonly data: Secret },
): { readonly object: ManagedObject; readonly data: Secret } {
  const start = usedOf(object.attributes, use)
  const end = start + data.length
  if (end > pad.length) throw new KmipFault('USAGE_EXHAUSTED', 'The pad is used up')
  const sum = pad.expose((key) =>
    data.expose((bytes) => bytes.map((byte, index) => byte ^ (key[start + index] ?? 0))),
  )
  return {
    object: { ...object, attributes: withUsed(object.attributes, use, end) },
    data: Secret.take(sum),
  }
}

function usedOf(attributes: AttributeSet, use: PadUse): number {
  const [instance] = attributes.instances(USED[use])
  if (instance === undefined) return 0
  const item = vendorItem(instance.value)
  return item.type === ItemType.Integer ? item.value : 0
}

function withUsed(attributes: AttributeSet, use: PadUse, count: number): AttributeSet {
  const value = { tag: Tag.AttributeValue.number, type: ItemType.Integer, value: count }
  return attributes.without(USED[use]).adding(USED[use], value)
}
