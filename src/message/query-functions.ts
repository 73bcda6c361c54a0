import { KmipFault } from '../fault/fault.ts'
import { repeated, type Field } from '../schema/field.ts'
import { majorOf } from '../schema/version.ts'
import { Tag } from '../spec/tag.ts'
import type { QueryFunction } from '../spec/enum/query-function.ts'

const anyNumber: Field<readonly QueryFunction[], 'repeated'> = repeated(Tag.QueryFunction)

/**
 * What a Query asks for: one function at least (KMIP 2.1 section 6.1.40). In 1.x none at all is taken, and answered with
 * nothing. Reading throws `MISSING_FIELD`.
 */
export const queryFunctions: Field<readonly QueryFunction[], 'repeated'> = {
  presence: 'repeated',
  bind(version) {
    const bound = anyNumber.bind(version)
    if (majorOf(version) === 1 || bound?.many !== true) return bound
    return {
      tags: bound.tags,
      many: true,
      written: bound.written,
      write: (functions, into) => {
        bound.write(functions, into)
      },
      read(items) {
        if (items.length > 0) return bound.read(items)
        throw new KmipFault('MISSING_FIELD', 'Query Function is missing')
      },
    }
  },
}
