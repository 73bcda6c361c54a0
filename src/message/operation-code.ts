import { membersOf } from '../schema/enumeration.ts'
import { existsIn, existsInMajor, type Version } from '../schema/version.ts'
import { Operation } from '../spec/enum/operation.ts'

const operations = membersOf(Operation)

/**
 * The name of an operation by its number; undefined when the version does not have it: in an answer of that version
 * the fields of a later one have no place, so that Encrypt in 1.0 would give back no data. Discover Versions alone is
 * taken in 1.0 too, where clients are known to ask it.
 */
export function operationNameOf(code: number, version: Version): string | undefined {
  const member = operations.memberOf(code)
  if (member === undefined) return undefined
  const isNegotiation = code === Operation.DiscoverVersions && existsInMajor(member, version)
  return isNegotiation || existsIn(member, version) ? member.name : undefined
}
