import { isDeepStrictEqual } from 'node:util'
import type { AttributeReference } from './attribute-reference.ts'
import type { AttributeEntry } from './attribute-set.ts'
import type { ManagedObject } from './managed-object.ts'

/** What has become of an object: stored anew, changed, or gone with everything that was known of it. */
export interface ObjectChange {
  /** Absent for a new object. */
  readonly before?: ManagedObject
  readonly after: ManagedObject
  readonly isErased: boolean
}

/** How the attributes of an object differ from what they were. */
export interface AttributeDifference {
  /** Instances that are new or have another value. */
  readonly changed: readonly AttributeEntry[]
  /** Attributes of which an instance is gone. */
  readonly deleted: readonly AttributeReference[]
}

/** The attributes that a change has changed. */
export function attributeDifference(
  before: ManagedObject,
  after: ManagedObject,
): AttributeDifference {
  const changed = [...after.attributes.entries()].filter(({ reference, index, value }) => {
    const old = before.attributes.instances(reference).find((each) => each.index === index)
    return old === undefined || !isDeepStrictEqual(old.value, value)
  })
  const deleted = before.attributes.references().filter((reference) => {
    const kept = after.attributes.instances(reference).map(({ index }) => index)
    return before.attributes.instances(reference).some(({ index }) => !kept.includes(index))
  })
  return { changed, deleted }
}
