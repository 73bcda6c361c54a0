import { optional, required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Tag } from '../spec/tag.ts'
import { objectReference } from './identifier.ts'

/** The field by which most requests name their object; absent, it is the ID Placeholder. */
export const requestedIdentifier = optional(Tag.UniqueIdentifier, objectReference)

/** The field by which answers name their object. */
export const uniqueIdentifier = required(Tag.UniqueIdentifier)

/** A request that says no more than which object is meant. */
export const IdentifiedRequest = struct({ uniqueIdentifier: requestedIdentifier })

/** An answer that says no more than which object was meant. */
export const IdentifiedResponse = struct({ uniqueIdentifier })
