import type { Bindings } from './bindings.ts'
import { childOf, childrenOf, memberOf, textOf, type Node } from './template.ts'

/** What is known of a batch item of an answer before its fields are compared. */
export interface Facts {
  /** As the answer's header says, e.g. `1.4`. */
  readonly version: string
  readonly operation: string
  /** The payload of the question, when there was one. */
  readonly asked: Node | undefined
  /** The payload of the answer that came, when there was one. */
  readonly answered: Node | undefined
  readonly bindings: Bindings
  /** Time Stamp of the answer, in seconds since the epoch. */
  readonly serverTime: number
}

/** Where in an answer something is. */
export interface Place {
  readonly facts: Facts
  /** Names of the structures around it, outermost first. */
  readonly within: readonly string[]
  /** What the file shows; undefined for what it does not have. */
  readonly expected: Node | undefined
  /** What came; undefined for what did not. */
  readonly actual: Node | undefined
  /** The pair of structures directly around. */
  readonly around?: Place
}

/** What the place is about: the attribute where it is the value of one, otherwise the tag. */
export function subjectOf({ expected, actual }: Place): string {
  const node = expected ?? actual
  if (node === undefined) return ''
  return node.name === 'AttributeValue' ? (node.attribute ?? node.name) : node.name
}

/** Whether a place lies in a structure of that name. */
export function isWithin(place: Place, name: string): boolean {
  return place.within.includes(name)
}

/** The name of the structure directly around it. */
export function parentOf(place: Place): string {
  return place.within.at(-1) ?? ''
}

/** The object that the item is about. */
export function objectOf(facts: Facts): string | undefined {
  return textOf(childOf(facts.answered, 'UniqueIdentifier'))
}

/** Whether the server itself made the material of the object that the item is about. */
export function isGenerated(facts: Facts): boolean {
  const object = objectOf(facts)
  return object !== undefined && facts.bindings.isGenerated(object)
}

/** Whether the question says which attributes it wants. */
export function namesAttributes({ asked }: Facts): boolean {
  if (asked === undefined) return false
  return (
    childrenOf(asked, 'AttributeName').length > 0 ||
    childrenOf(asked, 'AttributeReference').length > 0
  )
}

/** The name of an attribute, whatever form it has: 1.x structure, 2.x item, vendor attribute or reference. */
export function attributeNameOf(node: Node): string {
  const name = textOf(childOf(node, 'AttributeName'))
  const vendor = textOf(childOf(node, 'VendorIdentification'))
  if (name !== undefined) return vendor === undefined ? name : `${vendor}-${name}`
  if (node.name === 'AttributeReference') return memberOf(node) ?? node.name
  return node.name === 'AttributeName' ? (textOf(node) ?? node.name) : node.name
}
