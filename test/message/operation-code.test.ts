import { describe, expect, test } from 'vitest'
import { operationNameOf } from '../../src/message/operation-code.ts'
import { VERSIONS, type Version } from '../../src/schema/version.ts'
import { Operation } from '../../src/spec/enum/operation.ts'
import type { OperationName } from '../../src/spec/operation.ts'

/** Operations by the version that brought them, as the chapters on operations of the standard's versions list them. */
const SINCE: readonly (readonly [name: OperationName, since: Version])[] = [
  ['Create', '1.0'],
  ['DeriveKey', '1.0'],
  ['ReKeyKeyPair', '1.1'],
  ['Encrypt', '1.2'],
  ['MAC', '1.2'],
  ['CreateSplitKey', '1.2'],
  ['Import', '1.4'],
  ['Log', '2.0'],
  ['Login', '2.0'],
  ['SetAttribute', '2.0'],
  ['Ping', '2.1'],
]

describe('[KMIP 1.4 11.1] an operation that the version does not have is not supported', () => {
  test.each(SINCE)('%s, since %s', (name, since) => {
    for (const version of VERSIONS) {
      const expected = VERSIONS.indexOf(version) >= VERSIONS.indexOf(since) ? name : undefined
      expect(operationNameOf(Operation[name], version), version).toBe(expected)
    }
  })
})

test('[KMIP 1.1 4.26] Discover Versions is taken in 1.0 too, for clients that begin with it', () => {
  for (const version of VERSIONS) {
    expect(operationNameOf(Operation.DiscoverVersions, version)).toBe('DiscoverVersions')
  }
})

test('a number that nobody gave out is no operation', () => {
  expect(operationNameOf(0x8000_0001, '1.4')).toBeUndefined()
})
