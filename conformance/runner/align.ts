import { attributeNameOf } from './place.ts'
import { valueOf, type Node } from './template.ts'

/** Whether a node agrees with what is expected, without a trace. */
export type Agreement = (expected: Node, actual: Node) => boolean

/** Lists of Query's answer that say what there is, in no order: MSGENC-HTTPS-M-1-14 and QS-M-1-20 contradict each other. */
const QUERY_SETS = ['Operation', 'ObjectType', 'ApplicationNamespace', 'ExtensionInformation']
/**
 * Attributes and their names are sets: the standard gives them no order, and the files use several, so that no server
 * could keep to all (AKLC-M-1-14 and AKLC-O-1-14, the two Puts of TC-NP-1-14).
 */
const ATTRIBUTE_SETS = ['Attribute', 'AttributeName', 'AttributeReference']
const TEMPLATES = ['TemplateAttribute', 'PrivateKeyTemplateAttribute', 'PublicKeyTemplateAttribute']

function isSetMember(parent: Node, child: Node, operation: string): boolean {
  if (parent.name === 'Attributes') return true
  if (TEMPLATES.includes(parent.name)) return child.name === 'Attribute'
  if (parent.name === 'RequestPayload') return child.name === 'Attribute'
  if (parent.name !== 'ResponsePayload') return false
  if (operation === 'Query') return QUERY_SETS.includes(child.name)
  return ATTRIBUTE_SETS.includes(child.name)
}

/** What a member of a set is recognised by: the attribute it is or names, or its value in Query's lists. */
function keyOf(node: Node): string {
  if (node.name === 'Operation' || node.name === 'ObjectType')
    return `${node.name} ${valueOf(node)}`
  return `${node.name} ${attributeNameOf(node)}`
}

/** The children of an answer's structure, ready to be compared with the file's in order. */
export interface Arrangement {
  readonly nodes: Node[]
  /** Partners of the file's set members; for one that did not come, undefined. */
  readonly partners: ReadonlyMap<Node, Node | undefined>
}

/**
 * Lets members of sets trade places among themselves until they stand where the file has them; nothing else moves.
 */
export function arrange(
  expected: Node,
  actual: Node,
  operation: string,
  agrees: Agreement,
): Arrangement {
  const nodes = [...actual.children]
  const slots = nodes.flatMap((child, index) =>
    isSetMember(actual, child, operation) ? [index] : [],
  )
  const wanted = expected.children.filter((child) => isSetMember(expected, child, operation))
  const members = slots.map((slot) => nodes[slot]).filter((node) => node !== undefined)
  const partners = pair(wanted, members, agrees)
  const paired = [...partners.values()].filter((node) => node !== undefined)
  const sorted = [...paired, ...members.filter((node) => !paired.includes(node))]
  slots.forEach((slot, index) => {
    const node = sorted[index]
    if (node !== undefined) nodes[slot] = node
  })
  return { nodes, partners }
}

/** Pairs members of the same key: first those that agree, then the rest as they come. */
function pair(
  wanted: readonly Node[],
  members: readonly Node[],
  agrees: Agreement,
): ReadonlyMap<Node, Node | undefined> {
  const free = new Set(members)
  const partners = new Map<Node, Node | undefined>(wanted.map((node) => [node, undefined]))
  for (const fits of [agrees, () => true]) {
    for (const node of wanted) {
      if (partners.get(node) !== undefined) continue
      const partner = [...free].find(
        (member) => keyOf(member) === keyOf(node) && fits(node, member),
      )
      if (partner === undefined) continue
      free.delete(partner)
      partners.set(node, partner)
    }
  }
  return partners
}

/** The partner of an expected child, and what stood before it. */
export interface Match {
  readonly node: Node
  readonly skipped: readonly Node[]
}

/** Takes a known partner out of the nodes that remain, and all before it. */
export function takePartner(partner: Node, remaining: Node[]): Match | undefined {
  const index = remaining.indexOf(partner)
  if (index < 0) return undefined
  const skipped = remaining.splice(0, index + 1)
  skipped.pop()
  return { node: partner, skipped }
}

/**
 * Takes the next node of the expected one's name out of those that remain, and all before it. Where more of that name
 * come than the file shows, one that agrees is preferred, so that something more is not taken for a wrong value.
 */
export function takeMatch(
  expected: Node,
  later: readonly Node[],
  remaining: Node[],
  agrees: Agreement,
): Match | undefined {
  const alike = remaining.filter(({ name }) => name === expected.name)
  const shown = 1 + later.filter(({ name }) => name === expected.name).length
  const agreeing = alike.length > shown ? alike.find((node) => agrees(expected, node)) : undefined
  const node = agreeing ?? alike[0]
  return node === undefined ? undefined : takePartner(node, remaining)
}
