import type { Infer } from '../../schema/codec.ts'
import { repeated } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/**
 * Masks of which any one may be met, the most wanted first (KMIP 2.1 section 7.33). The common, private and public ones
 * of a key pair have the same shape.
 */
export const ProtectionStorageMasksStruct = struct({
  protectionStorageMask: repeated(Tag.ProtectionStorageMask),
})
export interface ProtectionStorageMasks extends Infer<typeof ProtectionStorageMasksStruct> {}
