import { describe, expect, test } from 'vitest'
import { announcementOf } from '../../src/client/announcement.ts'
import { writeServerRequest } from '../../src/message/server-request.ts'
import type { ManagedObject } from '../../src/model/managed-object.ts'
import { Secret } from '../../src/secret/secret.ts'
import { CryptographicAlgorithm } from '../../src/spec/enum/cryptographic-algorithm.ts'
import { KeyFormatType } from '../../src/spec/enum/key-format-type.ts'
import { LinkType } from '../../src/spec/enum/link-type.ts'
import { PutFunction } from '../../src/spec/enum/put-function.ts'
import { State } from '../../src/spec/enum/state.ts'
import { Tag } from '../../src/spec/tag.ts'
import { entry, keyIn } from '../model/sample.ts'
import { findAll, textOf } from '../operation/harness.ts'

const BOTH = { put: true, notify: true }

function key(...more: Parameters<typeof keyIn>[1][]): ManagedObject {
  const made = keyIn('Active', ...more)
  const object = { ...made, attributes: made.attributes.with('LastChangeDate', 5) }
  const material = Secret.copyOf(new Uint8Array(16))
  const keyBlock = {
    keyFormatType: KeyFormatType.Raw,
    keyValue: { form: 'bytes', material, attributes: [] },
  } as const
  return { ...object, content: { objectType: 2, keyBlock } }
}

const changed = (before: ManagedObject, after: ManagedObject) =>
  announcementOf({ before, after, isErased: false }, BOTH)
const added = (after: ManagedObject, wanted = BOTH) =>
  announcementOf({ after, isErased: false }, wanted)

describe('a new object (1.4 section 5.2)', () => {
  test('is put with its attributes', () => {
    expect(added(key())).toMatchObject({
      operation: 'Put',
      payload: { putFunction: PutFunction.New },
    })
  })

  test('is put as the replacement of another where it is one', () => {
    const link = { linkType: LinkType.ReplacedObjectLink, linkedObjectIdentifier: 'old' }
    expect(added(key(entry('Link', link)))).toMatchObject({
      payload: { putFunction: PutFunction.Replace, replacedUniqueIdentifier: 'old' },
    })
  })

  test.each([
    ['Sensitive', true],
    ['Extractable', false],
  ] as const)('is not put where %s is %s', (name, value) => {
    expect(added(key(entry(name, value)))).toBeUndefined()
  })

  test('is not put where it is a one-time pad, which Get does not show either', () => {
    const { OneTimePad } = CryptographicAlgorithm
    expect(added(key(entry('CryptographicAlgorithm', OneTimePad)))).toBeUndefined()
  })

  test('is not put to a client that does not want it', () => {
    expect(added(key(), { put: false, notify: true })).toBeUndefined()
  })
})

describe('a changed object (1.4 section 5.1)', () => {
  test('is told of by what has changed and by the Last Change Date', () => {
    const before = key(entry('Comment', 'a'))
    const after = { ...before, attributes: before.attributes.with('State', State.Deactivated) }
    const request = changed(before, after)
    expect(request).toMatchObject({
      operation: 'Notify',
      payload: {
        attributes: [
          { reference: { name: 'State' }, value: State.Deactivated },
          { reference: { name: 'LastChangeDate' }, value: 5 },
        ],
        deleted: [],
      },
    })
  })

  test('is told of by the names of what is gone', () => {
    const before = key(entry('Comment', 'a'))
    const after = { ...before, attributes: before.attributes.without({ name: 'Comment' }) }
    const request = changed(before, after)
    expect(request).toMatchObject({ payload: { deleted: [{ name: 'Comment' }] } })
    if (request === undefined) return
    const old = writeServerRequest(request, '1.4')
    expect(findAll(old, Tag.AttributeName).map(textOf)).toContain('Comment')
    expect(findAll(old, Tag.AttributeValue)).toHaveLength(1)
    expect(findAll(writeServerRequest(request, '2.1'), Tag.AttributeReference)).toHaveLength(1)
  })

  test('is not told of when it was only read, or when it was erased', () => {
    const before = key(entry('Fresh', true))
    const read = { ...before, attributes: before.attributes.with('Fresh', false) }
    expect(changed(before, read)).toBeUndefined()
    expect(announcementOf({ before, after: read, isErased: true }, BOTH)).toBeUndefined()
  })
})
