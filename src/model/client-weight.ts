import { Attribute } from '../spec/attribute.ts'
import { isVendorReference, type AttributeReference } from './attribute-reference.ts'
import type { ManagedObject } from './managed-object.ts'

/**
 * About how much of an object its client has written into attributes, in bytes: what the server notes by itself (dates,
 * the reason of a revocation, how often a key may still be used) does not make it more.
 */
export function clientWeight({ attributes }: ManagedObject): number {
  let weight = 0
  for (const { reference, value } of attributes.entries()) {
    if (isClients(reference)) weight += ENTRY + weightOf(value)
  }
  return weight
}

function isClients(reference: AttributeReference): boolean {
  return isVendorReference(reference) || Attribute[reference.name].clientModifies
}

/** Numbers, dates and the like weigh the same whatever they are. */
function weightOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (value instanceof Uint8Array) return value.length
  if (typeof value !== 'object' || value === null) return ENTRY
  return Object.values(value).reduce((sum: number, part) => sum + weightOf(part), ENTRY)
}

const ENTRY = 8
