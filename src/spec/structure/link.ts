import type { Infer } from '../../schema/codec.ts'
import { required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/**
 * A link to another object (KMIP 1.4 section 3.35, KMIP 2.1 section 4.31).
 *
 * @remarks
 * KMIP 2.x also lets a request name the object by the result of an operation before it; what is meant is put in its place
 * before the attribute is read (`message/named-before.ts`).
 */
export const LinkStruct = struct({
  linkType: required(Tag.LinkType),
  linkedObjectIdentifier: required(Tag.LinkedObjectIdentifier),
})
export interface Link extends Infer<typeof LinkStruct> {}
