import { KmipFault } from '../fault/fault.ts'
import type { FaultCode } from '../fault/fault-code.ts'
import { compile } from '../schema/codec.ts'
import { majorOf, type Version } from '../schema/version.ts'
import { Tag } from '../spec/tag.ts'
import { ItemType, type Item } from '../ttlv/item.ts'
import { objectReference, type ObjectReference } from './identifier.ts'

/** Finds the identifier that a reference means. Throws `OBJECT_NOT_FOUND`. */
export type Resolve = (reference: ObjectReference) => string

/** Structures that name an object by a Unique Identifier, and what is wrong where nothing is named by it. */
const NAMING: ReadonlyMap<number, FaultCode> = new Map([
  [Tag.Attributes.number, 'INVALID_ATTRIBUTE_VALUE'],
  [Tag.EncryptionKeyInformation.number, 'WRAPPING_OBJECT_NOT_FOUND'],
  [Tag.MACSignatureKeyInformation.number, 'WRAPPING_OBJECT_NOT_FOUND'],
])

/**
 * A request of KMIP 2.x in which links and wrapping keys are named by their identifiers, where they were named as the
 * results of operations before it in the message (KMIP 2.1 sections 4.31, 4.58). The request's own Unique Identifiers
 * are left to its operation, which knows what they are for.
 *
 * @returns the same item where there is nothing of the kind in it
 * @throws KmipFault `INVALID_ATTRIBUTE_VALUE` or `WRAPPING_OBJECT_NOT_FOUND` where nothing is meant,
 *   `UNSUPPORTED_FEATURE` where several objects are, `UNKNOWN_ENUMERATION`
 */
export function withIdentifiers(payload: Item, version: Version, resolve: Resolve): Item {
  return majorOf(version) === 1 ? payload : replaced(payload, version, resolve)
}

function replaced(parent: Item, version: Version, resolve: Resolve): Item {
  if (parent.type !== ItemType.Structure) return parent
  let children: Item[] | undefined
  for (const [index, child] of parent.value.entries()) {
    const code = isIndirect(child) ? faultOf(parent, child) : undefined
    const next =
      code === undefined
        ? replaced(child, version, resolve)
        : identified(child, { version, resolve, code })
    if (next === child) continue
    children ??= [...parent.value]
    children[index] = next
  }
  return children === undefined
    ? parent
    : { tag: parent.tag, type: ItemType.Structure, value: children }
}

function isIndirect({ type }: Item): boolean {
  return type === ItemType.Enumeration || type === ItemType.Integer
}

/** What is wrong where the item names no object; undefined where it is no name of one. */
function faultOf(parent: Item, { tag }: Item): FaultCode | undefined {
  if (tag === Tag.LinkedObjectIdentifier.number) return 'INVALID_ATTRIBUTE_VALUE'
  return tag === Tag.UniqueIdentifier.number ? NAMING.get(parent.tag) : undefined
}

interface Naming {
  readonly version: Version
  readonly resolve: Resolve
  readonly code: FaultCode
}

function identified(item: Item, { version, resolve, code }: Naming): Item {
  const reference = compile(objectReference, version).decode(item)
  try {
    const value = new TextEncoder().encode(resolve(reference))
    return { tag: item.tag, type: ItemType.TextString, value }
  } catch (error) {
    if (!(error instanceof KmipFault && error.code === 'OBJECT_NOT_FOUND')) throw error
    throw new KmipFault(code, 'Nothing before in the message is the object that is named')
  }
}
