import { ItemType, type Item, type ItemOf } from './item.ts'
import type { Vocabulary } from './vocabulary.ts'

/** An item that holds no others. */
export type Leaf = Exclude<Item, ItemOf<typeof ItemType.Structure>>

/** Where an item stands. */
export interface Place {
  /** Structures around it. */
  readonly depth: number
  /** Items before it in the same structure. */
  readonly index: number
}

/** What is done at each item, in the order of the message. */
export interface Visitor {
  enter(structure: ItemOf<typeof ItemType.Structure>, place: Place): void
  /** `meaning` is the tag whose names the value is drawn from. */
  visit(leaf: Leaf, place: Place, meaning: number): void
  leave(structure: ItemOf<typeof ItemType.Structure>, place: Place): void
}

/** A structure whose children are still being visited. */
interface Open {
  readonly structure: ItemOf<typeof ItemType.Structure>
  readonly place: Place
  /** The children visited. */
  readonly before: Item[]
}

/** Visits an item and all within, with a stack of its own so that nesting cannot exhaust the engine's. */
export function walkItem(root: Item, vocabulary: Vocabulary, visitor: Visitor): void {
  const open: Open[] = []
  const step = (item: Item, place: Place, before: readonly Item[]): void => {
    if (item.type === ItemType.Structure) {
      visitor.enter(item, place)
      open.push({ structure: item, place, before: [] })
    } else visitor.visit(item, place, vocabulary.meaningOf(item.tag, before))
  }
  step(root, { depth: 0, index: 0 }, [])
  for (let parent = open.at(-1); parent !== undefined; parent = open.at(-1)) {
    const { structure, place, before } = parent
    const child = structure.value[before.length]
    if (child === undefined) {
      visitor.leave(structure, place)
      open.pop()
    } else {
      step(child, { depth: place.depth + 1, index: before.length }, before)
      before.push(child)
    }
  }
}
