import { membersOf } from '../../src/schema/enumeration.ts'
import { existsIn, VERSIONS, type Lifetime, type Version } from '../../src/schema/version.ts'
import { attributeByTag, attributeByTitle } from '../../src/spec/attribute.ts'
import { ENUMERATIONS } from '../../src/spec/enum/index.ts'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import { versionOf } from './answer.ts'
import type { Difference } from './difference.ts'
import { childOf, childrenOf, describe, memberOf, textOf, valueOf, type Node } from './template.ts'

/**
 * What every answer must be, whatever the file shows: the header complete and in the question's version, as many items
 * as were asked, a failure that says which operation failed and why, and nothing newer than the version.
 */
export function checkMessage(request: Node, response: Node): readonly Difference[] {
  const version = versionOf(request, 'RequestHeader')
  return [
    ...checkShape(response),
    ...checkHeader(request, response, version),
    ...childrenOf(response, 'BatchItem').flatMap((item, index) =>
      checkItem(item, `ResponseMessage/BatchItem[${index}]`),
    ),
    ...(isVersion(version) ? checkAge(response, version, response.name) : []),
  ]
}

function checkShape(response: Node): readonly Difference[] {
  const names = [response, ...response.children].map(({ name }) => name)
  const wanted = names.map((_, index) => SHAPE[index] ?? 'BatchItem')
  if (names.join() === wanted.join()) return []
  return [broken(response.name, 'a Response Message of a header and batch items', names.join(', '))]
}

const SHAPE = ['ResponseMessage', 'ResponseHeader']

function checkHeader(request: Node, response: Node, version: string): readonly Difference[] {
  const path = 'ResponseMessage/ResponseHeader'
  const header = childOf(response, 'ResponseHeader')
  if (header === undefined) return [broken(path, 'a header', 'none')]
  const found: Difference[] = []
  const echoed = versionOf(response, 'ResponseHeader')
  if (echoed !== version) found.push(broken(path, `version ${version}`, `version ${echoed}`))
  if (childOf(header, 'TimeStamp') === undefined) found.push(broken(path, 'a Time Stamp', 'none'))
  const count = childOf(header, 'BatchCount')
  const stated = count === undefined ? 'none' : valueOf(count)
  const items = childrenOf(response, 'BatchItem').length
  if (stated !== String(items)) found.push(broken(path, `Batch Count ${items}`, stated))
  const asked = childrenOf(request, 'BatchItem').length
  if (items !== asked) found.push(broken('ResponseMessage', `${asked} items`, String(items)))
  return found
}

/** A failure must hold Operation, Result Reason and Result Message: clients read all three. */
function checkItem(item: Node, path: string): readonly Difference[] {
  const failed = memberOf(childOf(item, 'ResultStatus')) === 'OperationFailed'
  const needed = ['Operation', 'ResultStatus', ...(failed ? ['ResultReason', 'ResultMessage'] : [])]
  const found = needed
    .filter((name) => childOf(item, name) === undefined)
    .map((name) => broken(path, `a ${name}`, 'none'))
  // Check alone says in its payload what it objects to (KMIP 1.4 section 4.10).
  const tells = memberOf(childOf(item, 'Operation')) === 'Check'
  if (failed && !tells && childOf(item, 'ResponsePayload') !== undefined) {
    found.push(broken(path, 'no payload in a failure', 'a Response Payload'))
  }
  return found
}

const TAGS = new Map(Object.values(Tag).map((row) => [row.number, row]))

/**
 * Fields, attributes and members of enumerations that the version does not have; extensions are of no version. The
 * operation of an item is the question's own, also where the question is ahead of its version.
 */
function checkAge(node: Node, version: Version, path: string): readonly Difference[] {
  const parts = [
    { life: TAGS.get(node.item.tag), what: node.name },
    { life: attributeNamedBy(node), what: `the attribute ${describe(node)}` },
    {
      life: path === OPERATION_PATH ? undefined : memberShownBy(node),
      what: `${node.name} ${describe(node)}`,
    },
  ]
  return [
    ...parts
      .filter(({ life }) => life !== undefined && !existsIn(life, version))
      .map(({ what }) => broken(path, `nothing that ${version} does not have`, what)),
    ...node.children.flatMap((child) => checkAge(child, version, `${path}/${child.name}`)),
  ]
}

const OPERATION_PATH = 'ResponseMessage/BatchItem/Operation'

function attributeNamedBy(node: Node): Lifetime | undefined {
  const { item, name } = node
  if (name === 'AttributeName') return attributeByTitle(textOf(node) ?? '')
  if (name !== 'AttributeReference' || item.type !== ItemType.Enumeration) return undefined
  return attributeByTag(item.value)
}

function memberShownBy({ item, name, attribute }: Node): Lifetime | undefined {
  if (item.type !== ItemType.Enumeration) return undefined
  return MEMBERS.get(name === 'AttributeValue' ? (attribute ?? name) : name)?.memberOf(item.value)
}

const MEMBERS = new Map(
  Object.entries(ENUMERATIONS).map(([name, members]) => [name, membersOf(members)]),
)

function isVersion(version: string): version is Version {
  return VERSIONS.some((known) => known === version)
}

function broken(path: string, expected: string, got: string): Difference {
  return { kind: 'rule', path, expected, got }
}
