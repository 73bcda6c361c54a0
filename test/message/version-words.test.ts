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

test('[KMIP 1.4 2.1.3] a key whose algorithm a version cannot name is not given in it', () => {
  expect(faultIn('1.0', key)).toBe('NOT_IN_VERSION')
  const [recent] = written('1.4', key)
  expect(recent && tagsIn(recent)).toContain(Tag.CryptographicAlgorithm.number)
})

function written(version: '1.0' | '1.4' | '2.0', content: ObjectContent): readonly Item[] {
  const items: Item[] = []
  managedObject.bind(version).write(content, items)
  return items
}

function faultIn(version: '1.0' | '1.4' | '2.0', content: ObjectContent): unknown {
  try {
    written(version, content)
    return undefined
  } catch (error) {
    return error instanceof KmipFault ? error.code : error
  }
}

test.each(['1.0', '2.0'] as const)(
  'an attribute whose value came later is left out of an answer in %s',
  (version) => {
    const entries: readonly AttributeEntry[] = [
      { reference: { name: 'CryptographicAlgorithm' }, value: CryptographicAlgorithm.Ed25519 },
      { reference: { name: 'CryptographicLength' }, value: 256 },
    ]
    const items: Item[] = []
    attributesOfObject.bind(version)?.write(entries, items)
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
  expect(faultIn('1.4', request)).toBe('NOT_IN_VERSION')
  expect(faultIn('2.0', request)).toBeUndefined()
})
