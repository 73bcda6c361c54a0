import { membersOf, type AnyMembers, type ValueOf } from '../schema/enumeration.ts'
import { repeated, type BoundField, type Field } from '../schema/field.ts'
import { enumeration } from '../schema/primitive.ts'
import type { TagRow } from '../schema/tag.ts'
import { existsIn } from '../schema/version.ts'

/** A list of members of which an answer shows those that its version has. */
export function membersOfVersion<E extends AnyMembers>(
  row: TagRow<unknown>,
  members: E,
): Field<readonly ValueOf<E>[], 'repeated'> {
  const table = membersOf(members)
  const field = repeated(row, enumeration(members))
  return {
    presence: 'repeated',
    bind(version) {
      const bound = field.bind(version)
      if (bound === undefined) return undefined
      const exists = (value: ValueOf<E>) => {
        const member = table.memberOf(Number(value))
        return member !== undefined && existsIn(member, version)
      }
      return {
        ...bound,
        write: (values, into) => {
          bound.write(values.filter(exists), into)
        },
      } satisfies BoundField<readonly ValueOf<E>[]>
    },
  }
}
