import { ItemType, type Item } from '../../src/ttlv/item.ts'
import type { Vocabulary } from '../../src/ttlv/vocabulary.ts'

const TAGS = new Map([
  ['ActivationDate', 0x420001],
  ['ArchiveDate', 0x420005],
  ['Attribute', 0x420008],
  ['AttributeName', 0x42000a],
  ['AttributeValue', 0x42000b],
  ['BatchCount', 0x42000d],
  ['BatchOrderOption', 0x420010],
  ['CryptographicAlgorithm', 0x420028],
  ['CryptographicUsageMask', 0x42002c],
  ['IVCounterNonce', 0x42003d],
  ['KeyBlock', 0x420040],
  ['KeyMaterial', 0x420043],
  ['KeyValue', 0x420045],
  ['LeaseTime', 0x420049],
  ['MACSignature', 0x42004d],
  ['Modulus', 0x420052],
  ['NameValue', 0x420055],
  ['ObjectType', 0x420057],
  ['PrivateKeyTemplateAttribute', 0x420065],
  ['ProtocolVersion', 0x420069],
  ['ProtocolVersionMajor', 0x42006a],
  ['ProtocolVersionMinor', 0x42006b],
  ['RequestMessage', 0x420078],
  ['UsageLimitsCount', 0x420096],
  ['Username', 0x420099],
  ['Password', 0x4200a1],
])
const ENUMERATIONS = new Map([
  [0x420028, new Map([['AES', 3]])],
  [0x420057, new Map([['Certificate', 1], ['SymmetricKey', 2]])], // prettier-ignore
])
const BITS = new Map([
  ['Sign', 0x1],
  ['Verify', 0x2],
  ['Encrypt', 0x4],
  ['Decrypt', 0x8],
  ['CertificateSign', 0x1000],
])
const MASK = 0x42002c
const SECRETS = new Set([0x420043, 0x420045, 0x4200a1])

function keyOf<K>(map: ReadonlyMap<K, number> | undefined, value: number): K | undefined {
  return [...(map ?? [])].find(([, number]) => number === value)?.[0]
}

function meaningOf(tag: number, before: readonly Item[]): number {
  if (tag !== 0x42000b) return tag
  const name = before.findLast((item) => item.tag === 0x42000a)
  if (name?.type !== ItemType.TextString) return tag
  return TAGS.get(new TextDecoder().decode(name.value).replaceAll(' ', '')) ?? tag
}

/** The few names that tests of the encodings need, with numbers from KMIP 1.4 section 9.1.3. */
export const smallVocabulary: Vocabulary = {
  tagName: (tag) => keyOf(TAGS, tag),
  tagNumber: (name) => TAGS.get(name),
  meaningOf,
  enumerationName: (tag, value) => keyOf(ENUMERATIONS.get(tag), value),
  enumerationValue: (tag, name) => ENUMERATIONS.get(tag)?.get(name),
  isMask: (tag) => tag === MASK,
  bitName: (tag, bit) => (tag === MASK ? keyOf(BITS, bit) : undefined),
  bitValue: (tag, name) => (tag === MASK ? BITS.get(name) : undefined),
  isSecret: (tag) => SECRETS.has(tag),
}
