import { z } from 'zod'
import { membersOf, type AnyMembers, type ValueOf } from '../schema/enumeration.ts'

/** A member of an enumeration of the standard, by its normalised name. */
export function member<E extends AnyMembers>(
  members: E,
): z.ZodPreprocess<z.ZodCustom<ValueOf<E>, ValueOf<E>>> {
  const valueOf = (name: unknown) =>
    typeof name === 'string' ? membersOf(members).valueOf(name) : undefined
  return z.preprocess(
    valueOf,
    z.custom<ValueOf<E>>((value) => value !== undefined, 'the standard has no such name'),
  )
}
