import type { Infer } from '../../schema/codec.ts'
import { optional, required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/**
 * Data of an application; the server makes up the data where a request leaves it out
 * (KMIP 1.4 section 3.36, KMIP 2.1 section 4.4).
 */
export const ApplicationSpecificInformationStruct = struct({
  applicationNamespace: required(Tag.ApplicationNamespace),
  applicationData: optional(Tag.ApplicationData),
})
export interface ApplicationSpecificInformation extends Infer<
  typeof ApplicationSpecificInformationStruct
> {}
