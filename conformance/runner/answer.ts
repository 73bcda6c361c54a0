import { ItemType } from '../../src/ttlv/item.ts'
import type { Bindings } from './bindings.ts'
import { rememberOutputs, rememberPublicKey } from './chance.ts'
import { compareNodes, type Verdict } from './compare.ts'
import type { Difference } from './difference.ts'
import type { Facts } from './place.ts'
import { childOf, childrenOf, memberOf, textOf, valueOf, type Node } from './template.ts'

/** A question, its answer and what the file shows for it. */
export interface Exchange {
  readonly request: Node
  readonly expected: Node
  readonly actual: Node
}

/** Operations after which the server, and nobody else, knows the material. */
const GENERATING = new Set(['Create', 'CreateKeyPair', 'ReKey', 'ReKeyKeyPair', 'CreateSplitKey'])
const IDENTIFIERS = ['UniqueIdentifier', 'PrivateKeyUniqueIdentifier', 'PublicKeyUniqueIdentifier']

/** Compares a whole answer: the header, then item by item, in their order. */
export function compareAnswer(exchange: Exchange, bindings: Bindings): Verdict {
  const { expected, actual } = exchange
  const verdicts: Verdict[] = []
  const header = childOf(actual, 'ResponseHeader')
  const expectedHeader = childOf(expected, 'ResponseHeader')
  if (header !== undefined && expectedHeader !== undefined) {
    const facts = factsOf(exchange, undefined, undefined, bindings)
    verdicts.push(compareNodes(expectedHeader, header, facts, 'ResponseMessage/ResponseHeader'))
  }
  const shown = childrenOf(expected, 'BatchItem')
  const came = childrenOf(actual, 'BatchItem')
  const asked = childrenOf(exchange.request, 'BatchItem')
  verdicts.push(compareCounts(shown.length, came.length))
  shown.forEach((item, index) => {
    const answered = came[index]
    if (answered === undefined) return
    const facts = factsOf(exchange, asked[index], answered, bindings)
    verdicts.push(compareNodes(item, answered, facts, `ResponseMessage/BatchItem[${index}]`))
    rememberGenerated(asked[index], answered, bindings)
    rememberPublicKey(asked[index], answered, bindings)
  })
  rememberOutputs(actual, bindings)
  return joined(verdicts)
}

/** Remembers the dates that a question gives attributes, in the way the file spells them. */
export function rememberDates(shown: Node, sent: Node, bindings: Bindings): void {
  if (sent.item.type === ItemType.DateTime) {
    const subject = sent.name === 'AttributeValue' ? (sent.attribute ?? sent.name) : sent.name
    bindings.sendDate(subject, shown.placeholder ?? valueOf(sent), valueOf(sent))
  }
  sent.children.forEach((child, index) => {
    const spelled = shown.children[index]
    if (spelled !== undefined) rememberDates(spelled, child, bindings)
  })
}

/** The version that a header states, e.g. `1.4`. */
export function versionOf(message: Node, header: string): string {
  const version = childOf(childOf(message, header), 'ProtocolVersion')
  const [major, minor] = ['ProtocolVersionMajor', 'ProtocolVersionMinor'].map((name) => {
    const part = childOf(version, name)
    return part === undefined ? '?' : valueOf(part)
  })
  return `${major ?? '?'}.${minor ?? '?'}`
}

function factsOf(
  { request, actual }: Exchange,
  asked: Node | undefined,
  answered: Node | undefined,
  bindings: Bindings,
): Facts {
  const stamp = childOf(childOf(actual, 'ResponseHeader'), 'TimeStamp')
  return {
    version: versionOf(request, 'RequestHeader'),
    operation: memberOf(childOf(asked, 'Operation')) ?? '',
    asked: childOf(asked, 'RequestPayload'),
    answered: childOf(answered, 'ResponsePayload'),
    bindings,
    serverTime: stamp === undefined ? Number.NaN : Number(valueOf(stamp)),
  }
}

function compareCounts(shown: number, came: number): Verdict {
  if (shown === came) return { differences: [], variations: [] }
  const difference: Difference = {
    kind: came < shown ? 'missing' : 'extra',
    path: 'ResponseMessage',
    expected: `${shown} batch items`,
    got: `${came} batch items`,
  }
  return { differences: [difference], variations: [] }
}

function rememberGenerated(asked: Node | undefined, item: Node, bindings: Bindings): void {
  const operation = memberOf(childOf(item, 'Operation')) ?? ''
  const isDerived = operation === 'DeriveKey' && isDerivedFromGenerated(asked, bindings)
  if (!GENERATING.has(operation) && !isDerived) return
  const payload = childOf(item, 'ResponsePayload')
  if (payload === undefined) return
  // Create Split Key answers with the identifier of each part.
  for (const each of IDENTIFIERS.flatMap((name) => childrenOf(payload, name))) {
    const identifier = textOf(each)
    if (identifier !== undefined) bindings.addGenerated(identifier)
  }
}

/** What is derived from a key that the server has made is known no more than that key. */
function isDerivedFromGenerated(asked: Node | undefined, bindings: Bindings): boolean {
  const payload = childOf(asked, 'RequestPayload')
  const bases = payload === undefined ? [] : childrenOf(payload, 'UniqueIdentifier')
  return bases.some((base) => bindings.isGenerated(textOf(base) ?? ''))
}

function joined(verdicts: readonly Verdict[]): Verdict {
  return {
    differences: verdicts.flatMap(({ differences }) => differences),
    variations: [...new Set(verdicts.flatMap(({ variations }) => variations))],
  }
}
