import { describe, expect, test } from 'vitest'
import { findCases } from '../../../conformance/runner/files.ts'
import { VECTORS, warnOfMissingVectors } from '../../../conformance/vectors.ts'
import { nodeKeyFormats } from '../../../src/adapter/key-format/index.ts'
import { KeyBlockStruct } from '../../../src/message/key-block.ts'
import type { KeyBlock } from '../../../src/model/key-block.ts'
import { compile } from '../../../src/schema/codec.ts'
import type { KeyFormatType } from '../../../src/spec/enum/key-format-type.ts'
import { ObjectType } from '../../../src/spec/enum/object-type.ts'
import { vocabulary } from '../../../src/spec/vocabulary.ts'
import { itemFromXml } from '../../../src/ttlv/xml.ts'
import type { XmlElement } from '../../../src/ttlv/xml-parser.ts'
import { convertTo, F, hexOf, PrivateKey, PublicKey } from './blocks.ts'

interface Sample {
  readonly id: string
  readonly objectType: ObjectType
  readonly block: KeyBlock
}

const OBJECTS: ReadonlyMap<string, ObjectType> = new Map<string, ObjectType>([
  ['SymmetricKey', ObjectType.SymmetricKey],
  ['PublicKey', ObjectType.PublicKey],
  ['PrivateKey', ObjectType.PrivateKey],
])

/** The keys that the requests of the official cases register, but for those that are wrapped or kept elsewhere. */
function samplesOf(id: string, element: XmlElement): readonly Sample[] {
  const objectType = OBJECTS.get(element.name)
  const found = element.children.find(({ name }) => name === 'KeyBlock')
  if (objectType === undefined || found === undefined) {
    return element.children.flatMap((child) => samplesOf(id, child))
  }
  const block = compile(KeyBlockStruct, '2.1').decode(itemFromXml(found, vocabulary))
  const isPlain = block.keyWrappingData === undefined && block.keyValue !== undefined
  return isPlain ? [{ id, objectType, block }] : []
}

const samples = (VECTORS === undefined ? [] : findCases([VECTORS])).flatMap(({ id, steps }) =>
  steps.flatMap(({ request }) => samplesOf(id, request)),
)
if (VECTORS === undefined) warnOfMissingVectors()

describe.skipIf(VECTORS === undefined)('the keys of the official cases', () => {
  test('are there, in seven formats', () => {
    expect(new Set(samples.map(({ block }) => block.keyFormatType)).size).toBe(7)
  })

  test('are what their Key Blocks say, or tell nothing', () => {
    const silent = new Set<string>()
    for (const { id, objectType, block } of samples) {
      const said = nodeKeyFormats.describe(objectType, block)
      if (said === undefined) silent.add(id)
      else {
        const stated = [block.cryptographicAlgorithm, block.cryptographicLength]
        if (block.cryptographicLength !== undefined) {
          expect([said.algorithm, lengthOf(block, said.length)], id).toEqual(stated)
        }
      }
    }
    // An encrypted PKCS#8, and a PKCS#12.
    expect([...silent]).toEqual(['testcases-1.4/TC-ECC-2-14', 'testcases-1.4/TC-PKCS12-2-14'])
  })

  test('come back the same through their transparent forms', () => {
    const pairs: readonly (readonly [ObjectType, KeyFormatType, KeyFormatType])[] = [
      [PrivateKey, F.PKCS_1, F.TransparentRSAPrivateKey],
      [PrivateKey, F.ECPrivateKey, F.TransparentECPrivateKey],
      [PublicKey, F.PKCS_1, F.TransparentRSAPublicKey],
    ]
    let count = 0
    for (const { id, objectType, block } of samples) {
      for (const [type, format, transparent] of pairs) {
        if (objectType !== type || block.keyFormatType !== format) continue
        const there = convertTo(type, block, transparent)
        expect(hexOf(convertTo(type, there, format)), id).toBe(hexOf(block))
        count += 1
      }
    }
    expect(count).toBeGreaterThan(20)
  })
})

/** A DES key of 168 bits has 24 bytes: both counts are right. */
function lengthOf({ cryptographicLength }: KeyBlock, bits: number): number {
  const isDES = cryptographicLength !== undefined && (cryptographicLength * 8) / 7 === bits
  return isDES ? cryptographicLength : bits
}
