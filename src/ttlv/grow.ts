import { KmipFault } from '../fault/fault.ts'
import { hexOfTag, ItemType, type Item } from './item.ts'
import type { Limits } from './limits.ts'

/** What a node of XML or JSON says: an item that is complete, or a structure and the nodes in it. */
export type Reading<N> =
  { readonly item: Item } | { readonly tag: number; readonly children: readonly N[] }

/** Reads one node; `before` are the items that stand before it in the same structure. */
export type NodeReader<N> = (node: N, before: readonly Item[]) => Reading<N>

/** A structure whose children are still being read. */
interface Open<N> {
  readonly tag: number
  readonly nodes: readonly N[]
  readonly items: Item[]
  next: number
}

/**
 * Makes an item of a tree of nodes, with a stack of its own so that nesting cannot exhaust the engine's. A fault in a
 * node is given the path of tags on the way to it.
 *
 * @throws KmipFault `SERVER_LIMIT` for structures deeper than `limits` allow, and whatever `read` throws. How many
 * items there may be, the parser has counted.
 */
export function growItem<N>(root: N, read: NodeReader<N>, limits: Limits): Item {
  const open: Open<N>[] = []
  try {
    return growWith(root, { open, read, limits })
  } catch (error) {
    if (!(error instanceof KmipFault)) throw error
    throw open.reduceRight((fault, { tag }) => fault.within(hexOfTag(tag)), error)
  }
}

interface Growth<N> {
  readonly open: Open<N>[]
  readonly read: NodeReader<N>
  readonly limits: Limits
}

function growWith<N>(root: N, growth: Growth<N>): Item {
  const { open } = growth
  const item = growNode(root, [], growth)
  for (let parent = open.at(-1); parent !== undefined; parent = open.at(-1)) {
    const node = parent.nodes[parent.next]
    if (node === undefined) {
      open.pop()
      continue
    }
    parent.next += 1
    parent.items.push(growNode(node, parent.items, growth))
  }
  return item
}

function growNode<N>(node: N, before: readonly Item[], { open, read, limits }: Growth<N>): Item {
  const reading = read(node, before)
  if ('item' in reading) return reading.item
  if (open.length >= limits.depth) {
    throw new KmipFault('SERVER_LIMIT', 'The message is nested too deeply')
  }
  const items: Item[] = []
  open.push({ tag: reading.tag, nodes: reading.children, items, next: 0 })
  return { tag: reading.tag, type: ItemType.Structure, value: items }
}
