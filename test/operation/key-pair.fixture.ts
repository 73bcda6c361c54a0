import { Tag } from '../../src/spec/tag.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { attribute1, find, findAll, textOf, uid, type AnswerItem, type Bench } from './harness.ts'

/** Identifiers of both halves. */
export interface Pair {
  readonly privateKey: string
  readonly publicKey: string
}

const MASKS = { v1: attribute1, v2: (value: string) => mask2(value) }

export function mask2(value: string): string {
  return `<CryptographicUsageMask type="Integer" value="${value}"/>`
}

/** XML of an algorithm and whatever else both halves have, in KMIP 2.x. */
export function pairOf2(common: string, ofPrivate = '', ofPublic = ''): string {
  return `<CommonAttributes>${common}</CommonAttributes>
    <PrivateKeyAttributes>${MASKS.v2('Sign')}${ofPrivate}</PrivateKeyAttributes>
    <PublicKeyAttributes>${MASKS.v2('Verify')}${ofPublic}</PublicKeyAttributes>`
}

/** The same in KMIP 1.x. */
export function pairOf1(common: string, ofPrivate = '', ofPublic = ''): string {
  const mask = (value: string) => MASKS.v1('Cryptographic Usage Mask', 'Integer', value)
  return `<CommonTemplateAttribute>${common}</CommonTemplateAttribute>
    <PrivateKeyTemplateAttribute>${mask('Sign')}${ofPrivate}</PrivateKeyTemplateAttribute>
    <PublicKeyTemplateAttribute>${mask('Verify')}${ofPublic}</PublicKeyTemplateAttribute>`
}

export function algorithm2(algorithm: string, length?: number): string {
  const bits = length === undefined ? '' : `<CryptographicLength type="Integer" value="${length}"/>`
  return `<CryptographicAlgorithm type="Enumeration" value="${algorithm}"/>${bits}`
}

export function algorithm1(algorithm: string, length?: number): string {
  const bits =
    length === undefined ? '' : attribute1('Cryptographic Length', 'Integer', length.toString())
  return attribute1('Cryptographic Algorithm', 'Enumeration', algorithm) + bits
}

/** XML of Cryptographic Domain Parameters with a Recommended Curve, in KMIP 2.x. */
export function curve2(curve: string): string {
  return `<CryptographicDomainParameters>
    <RecommendedCurve type="Enumeration" value="${curve}"/></CryptographicDomainParameters>`
}

/** An ECDSA pair on P-256: quick to make. */
export const QUICK2 = pairOf2(algorithm2('ECDSA') + curve2('P_256'))

export function pairIn(answer: AnswerItem): Pair {
  const [privateKey, publicKey] = [
    textOf(find(answer.payload, Tag.PrivateKeyUniqueIdentifier)),
    textOf(find(answer.payload, Tag.PublicKeyUniqueIdentifier)),
  ]
  if (privateKey === undefined || publicKey === undefined) {
    throw new TypeError(`no key pair: ${answer.reason} ${answer.message}`)
  }
  return { privateKey, publicKey }
}

export async function createPair(bench: Bench, payload = QUICK2): Promise<Pair> {
  return pairIn(await bench.ask('2.1', 'CreateKeyPair', payload))
}

/** Every attribute of an object, as items. */
export async function attributesOf(bench: Bench, identifier: string): Promise<Item> {
  const { payload, reason } = await bench.ask('2.1', 'GetAttributes', uid(identifier))
  const found = find(payload, Tag.Attributes)
  if (found === undefined) throw new TypeError(`no attributes: ${reason}`)
  return found
}

/** The number in the first item of a tag. */
export function numberIn(item: Item | undefined, tag: { readonly number: number }) {
  const found = find(item, tag)
  return found?.type === ItemType.Integer || found?.type === ItemType.Enumeration
    ? found.value
    : undefined
}

/** The bytes in the first item of a tag. */
export function bytesIn(item: Item | undefined, tag: { readonly number: number }): Uint8Array {
  const found = find(item, tag)
  const isBytes = found?.type === ItemType.ByteString || found?.type === ItemType.BigInteger
  if (!isBytes) throw new TypeError('no bytes')
  return found.value
}

export function namesIn(item: Item): readonly string[] {
  return findAll(item, Tag.NameValue).map((each) => textOf(each) ?? '')
}

/** Link Type and identifier of each link, in their order. */
export function linksIn(item: Item): readonly (readonly [type: number | undefined, to: string])[] {
  return findAll(item, Tag.Link).map(
    (link) =>
      [numberIn(link, Tag.LinkType), textOf(find(link, Tag.LinkedObjectIdentifier)) ?? ''] as const,
  )
}
