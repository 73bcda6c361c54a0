import { membersOf, type AnyMembers, type ValueOf } from '../schema/enumeration.ts'
import { repeated, type BoundField, type Field } from '../schema/field.ts'
import { enumeration } from '../schema/primitive.ts'
import type { TagRow } from '../schema/tag.ts'
import { existsIn, type Version } from '../schema/version.ts'
import { ProfileName } from '../spec/enum/profile-name.ts'
import {
  ProfileInformationStruct,
  type ProfileInformation,
} from '../spec/structure/profile-information.ts'
import { Tag } from '../spec/tag.ts'

/** A list of members of which an answer shows those that its version has. */
export function membersOfVersion<E extends AnyMembers>(
  row: TagRow<unknown>,
  members: E,
): Field<readonly ValueOf<E>[], 'repeated'> {
  const field = repeated(row, enumeration(members))
  return shown(field, (value, version) => isMemberOf(members, value, version))
}

/** A list of profiles of which an answer shows those that its version has a name for. */
export const profilesOfVersion: Field<readonly ProfileInformation[], 'repeated'> = shown(
  repeated(Tag.ProfileInformation, ProfileInformationStruct),
  ({ profileName }, version) => isMemberOf(ProfileName, profileName, version),
)

function isMemberOf(members: AnyMembers, value: unknown, version: Version): boolean {
  const member = membersOf(members).memberOf(Number(value))
  return member !== undefined && existsIn(member, version)
}

/** A list of which an answer shows what `isThere`. */
function shown<T>(
  field: Field<readonly T[], 'repeated'>,
  isThere: (value: T, version: Version) => boolean,
): Field<readonly T[], 'repeated'> {
  return {
    presence: 'repeated',
    bind(version) {
      const bound = field.bind(version)
      if (bound === undefined) return undefined
      return {
        ...bound,
        write: (values, into) => {
          bound.write(
            values.filter((value) => isThere(value, version)),
            into,
          )
        },
      } satisfies BoundField<readonly T[]>
    },
  }
}
