import { expect, test } from 'vitest'
import { decodeRecord, encodeRecord } from '../../src/message/record.ts'
import { AttributeSet } from '../../src/model/attribute-set.ts'
import type { ManagedObject } from '../../src/model/managed-object.ts'
import { Secret } from '../../src/secret/secret.ts'
import { HashingAlgorithm } from '../../src/spec/enum/hashing-algorithm.ts'
import { KeyFormatType } from '../../src/spec/enum/key-format-type.ts'
import { ObjectType } from '../../src/spec/enum/object-type.ts'

/** What comes back of an object that was written to the store. */
function recalled(object: Pick<ManagedObject, 'objectType' | 'attributes' | 'content'>) {
  const whole: ManagedObject = { uniqueIdentifier: 'one', owner: 'me', ...object }
  return decodeRecord(encodeRecord({ object: whole, sequence: 1n })).object
}

test('a Template is kept, although KMIP 2.x has none (KMIP 1.4 section 2.2.6)', () => {
  const attributes = AttributeSet.from([
    { reference: { name: 'ObjectType' }, value: ObjectType.Template },
  ])
  const content = { objectType: ObjectType.Template, attributes: [] }
  const object = recalled({ objectType: ObjectType.Template, attributes, content })
  expect(object.objectType).toBe(ObjectType.Template)
  expect(object.attributes.get('ObjectType')).toBe(ObjectType.Template)
  expect(object.content).toEqual(content)
})

test('a key in a format that KMIP 2.x has given up is kept (KMIP 1.4 section 9.1.3.2.3)', () => {
  const keyFormatType = KeyFormatType.TransparentECDSAPrivateKey
  const digest = {
    hashingAlgorithm: HashingAlgorithm.SHA_256,
    digestValue: new Uint8Array(32),
    keyFormatType,
  }
  const material = Secret.copyOf(Uint8Array.of(1, 2, 3))
  const object = recalled({
    objectType: ObjectType.PrivateKey,
    attributes: AttributeSet.from([{ reference: { name: 'Digest' }, value: digest }]),
    content: {
      objectType: ObjectType.PrivateKey,
      keyBlock: { keyFormatType, keyValue: { form: 'bytes', material, attributes: [] } },
    },
  })
  expect(object.attributes.get('Digest')).toEqual(digest)
  expect(object.content).toMatchObject({ keyBlock: { keyFormatType } })
})
