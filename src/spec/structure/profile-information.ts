import type { Infer } from '../../schema/codec.ts'
import { optional, required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/** KMIP 2.1 section 7.32. */
export const ProfileVersionStruct = struct({
  profileVersionMajor: required(Tag.ProfileVersionMajor),
  profileVersionMinor: required(Tag.ProfileVersionMinor),
})
export interface ProfileVersion extends Infer<typeof ProfileVersionStruct> {}

/** A profile that a server conforms to (KMIP 1.4 section 2.1.19, KMIP 2.1 section 7.31). */
export const ProfileInformationStruct = struct({
  profileName: required(Tag.ProfileName),
  profileVersion: optional(Tag.ProfileVersion, ProfileVersionStruct),
  serverURI: optional(Tag.ServerURI),
  serverPort: optional(Tag.ServerPort),
})
export interface ProfileInformation extends Infer<typeof ProfileInformationStruct> {}
