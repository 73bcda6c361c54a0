import { expect, test } from 'vitest'
import { KmipFault } from '../../src/fault/fault.ts'
import { managedObject } from '../../src/message/managed-object.ts'
import { attributesOfObject } from '../../src/message/attributes.ts'
import type { AttributeEntry } from '../../src/model/attribute-set.ts'
import type { ObjectContent } from '../../src/model/content.ts'
import { Secret } from '../../src/secret/secret.ts'
import { CertificateRequestType } from '../../src/spec/enum/certificate-request-type.ts'
import { CryptographicAlgorithm } from '../../src/spec/enum/cryptographic-algorithm.ts'
import { KeyFormatType } from '../../src/spec/enum/key-format-type.ts'
import { ObjectType } from '../../src/spec/enum/object-type.ts'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'

const key: ObjectContent = {
  objectType: ObjectType.SymmetricKey,
  keyBlock: {
    keyFormatType: KeyFormatType.Raw,
    keyValue: { form: 'bytes', material: Secret.copyOf(new Uint8Array(32)), attributes: [] },
    cryptographicAlgorithm: CryptographicAlgorithm.ChaCha20Poly1305,
    cryptographicLength: 256,
  },
}

function tagsIn(item: Item): readonly number[] {
  return [item.tag, ...(item.type === ItemType.Structure ? item.value.flatMap(tagsIn) : [])]
}

test('[KMIP 1.4 7] a key is given without an algorithm that its version cannot name', () => {
  const [old] = managedObject.bind('1.0')?.write(key) ?? []
  const [recent] = managedObject.bind('1.4')?.write(key) ?? []
  expect(old && tagsIn(old)).not.toContain(Tag.CryptographicAlgorithm.number)
  expect(old && tagsIn(old)).toContain(Tag.CryptographicLength.number)
  expect(recent && tagsIn(recent)).toContain(Tag.CryptographicAlgorithm.number)
})

test.each(['1.0', '2.0'] as const)(
  'an attribute whose value came later is left out of an answer in %s',
  (version) => {
    const entries: readonly AttributeEntry[] = [
      { reference: { name: 'CryptographicAlgorithm' }, value: CryptographicAlgorithm.Ed25519 },
      { reference: { name: 'CryptographicLength' }, value: 256 },
    ]
    const items = attributesOfObject.bind(version)?.write(entries) ?? []
    const shown = items.flatMap((item) => (version === '2.0' ? tagsIn(item).slice(1) : [item.tag]))
    expect(shown).toHaveLength(version === '2.0' ? 2 : 1)
  },
)

test('[KMIP 2.1 2.2] a Certificate Request is not given in a version that has none', () => {
  const request: ObjectContent = {
    objectType: ObjectType.CertificateRequest,
    certificateRequestType: CertificateRequestType.PEM,
    certificateRequestValue: new Uint8Array(1),
  }
  const faultIn = (version: '1.4' | '2.0') => {
    try {
      managedObject.bind(version)?.write(request)
      return undefined
    } catch (error) {
      return error instanceof KmipFault ? error.code : error
    }
  }
  expect(faultIn('1.4')).toBe('NOT_IN_VERSION')
  expect(faultIn('2.0')).toBeUndefined()
})
