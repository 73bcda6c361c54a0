import type { TokenAttribute, TokenObject } from '../../../port/token.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../../spec/pkcs11/attribute.ts'
import type { OperationContext } from '../../context.ts'
import { hexOf } from '../object-value.ts'

const toUtf8 = new TextEncoder()

/** Bytes of the part of CKA_ID that no two keys share. */
const UNIQUE = 16
/** Bytes of the client's own CKA_ID and CKA_LABEL, at most: tokens are known that take no more than 255 in all. */
const MOST_ID = 64
const MOST_LABEL = 128

/** What tells who asks. */
type Marked = Pick<OperationContext, 'crypto' | 'identity'>

/** What a client named its object. */
export interface ObjectNames {
  readonly id: Uint8Array
  readonly label: Uint8Array
}

/**
 * The CKA_LABEL of all objects of a client, by which the token itself tells them from all others. What the client calls
 * its objects stands in their CKA_ID, behind what makes them unique.
 */
export function markOf({ crypto, identity }: Marked): Uint8Array {
  const digest = crypto.digest('SHA_256', toUtf8.encode(identity.id))
  return toUtf8.encode(`kmipd:${hexOf(digest.subarray(0, 16))}`)
}

export function markAttribute(context: Marked): TokenAttribute {
  return { type: CKA.LABEL[0], value: markOf(context) }
}

/** A new CKA_ID; undefined where the names are too long. */
export function newId({ id, label }: ObjectNames, unique: Uint8Array): Uint8Array | undefined {
  if (id.length > MOST_ID || label.length > MOST_LABEL) return undefined
  return Uint8Array.of(...unique.subarray(0, UNIQUE), id.length, ...id, ...label)
}

/** What a client named an object; undefined for one that was not made here. */
export function namesIn(id: Uint8Array): ObjectNames | undefined {
  const length = id[UNIQUE]
  if (length === undefined || id.length < UNIQUE + 1 + length) return undefined
  const start = UNIQUE + 1
  return { id: id.slice(start, start + length), label: id.slice(start + length) }
}

/** How an application knows an object: by nothing that another client could use. */
export function referenceOf({ objectClass, id }: Pick<TokenObject, 'objectClass' | 'id'>): string {
  return `${objectClass}-${hexOf(id)}`
}

/** The object of the asking client behind a reference. */
export function objectIn(reference: string, context: OperationContext): TokenObject {
  const [objectClass, hex = ''] = reference.split('-')
  const bytes = hex.match(/../g) ?? []
  return {
    objectClass: Number(objectClass),
    label: markOf(context),
    id: Uint8Array.from(bytes, (each) => Number.parseInt(each, 16)),
  }
}

/** CKA_UNIQUE_ID: the class, and the part of CKA_ID that is ours. */
export function uniqueIdOf({ objectClass, id }: TokenObject): Uint8Array {
  return toUtf8.encode(`${objectClass}-${hexOf(id.subarray(0, UNIQUE))}`)
}
