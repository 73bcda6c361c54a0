import { membersOf } from '../schema/enumeration.ts'
import { existsInMajor, type Version } from '../schema/version.ts'
import { Operation } from '../spec/enum/operation.ts'

const operations = membersOf(Operation)

/**
 * The name of an operation by its number; undefined when no version of the same major number has it. Operations of a
 * later minor version are taken: clients are known to ask Discover Versions in 1.0.
 */
export function operationNameOf(code: number, version: Version): string | undefined {
  const member = operations.memberOf(code)
  return member !== undefined && existsInMajor(member, version) ? member.name : undefined
}
