import type { Identity } from '../model/identity.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import { namesOf, type Contact } from '../model/approval/rule.ts'
import { membersOf } from '../schema/enumeration.ts'
import type { Version } from '../schema/version.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { State } from '../spec/enum/state.ts'
import { vocabulary } from '../spec/vocabulary.ts'
import { dump } from '../ttlv/dump.ts'
import type { Item } from '../ttlv/item.ts'

/** Lines of a request that are shown at most; where there are more, the last one says so. */
const MOST_LINES = 200

/** An object in one line, as `object 5d2e…: SymmetricKey, Active, Name "master-1"`. */
export function objectLine(object: ManagedObject, contact: Contact): string {
  const { objectType, attributes, uniqueIdentifier } = object
  const state = attributes.get('State')
  const facts = [
    membersOf(ObjectType).nameOf(objectType) ?? 'object of an unknown type',
    ...(state === undefined ? [] : [membersOf(State).nameOf(state) ?? 'unknown state']),
    ...namesOf(object).map((name) => `Name ${quoted(name)}`),
  ]
  const which = contact === 'made' ? 'new object' : `object ${quotedUnlessPlain(uniqueIdentifier)}`
  return `${which}: ${facts.join(', ')}`
}

/** A request in lines for people: of key material, and of whatever is not known, only how long it is. */
export function requestLines(
  { operation, version, identity }: RequestFacts,
  objects: readonly string[],
  payload: Item | undefined,
): readonly string[] {
  const fields = payload === undefined ? [] : dump(payload, vocabulary).split('\n')
  const lines = [
    `operation ${operation}, KMIP ${version}`,
    `asked by ${identity.name} (${identity.id})`,
    ...objects,
    ...fields,
  ]
  if (lines.length <= MOST_LINES) return lines
  return [...lines.slice(0, MOST_LINES), `and ${lines.length - MOST_LINES} lines more`]
}

/** What a request is, beside its payload. */
export interface RequestFacts {
  readonly operation: string
  readonly version: Version
  readonly identity: Identity
}

function quotedUnlessPlain(text: string): string {
  return /^[\w.-]{1,128}$/.test(text) ? text : quoted(text)
}

/** Text that can neither forge a line nor look like another. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
