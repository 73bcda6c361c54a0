import { differenceOf, readContents, sameContents, type Pause } from './contents.ts'
import type { Engine, EngineSnapshot } from './engine.ts'
import { decodeHead, placeAfter, type Head } from './head.ts'
import { HEAD_KEY } from './layout.ts'
import type { StoreSeal } from './seal.ts'

/**
 * How a store stands to a head that was kept apart from it: it has come from there (`held`), it has not come so far
 * (`behind`), it has come so far by another way (`apart`), or its keys did not make the head (`foreign`).
 */
export type Standing = 'held' | 'behind' | 'apart' | 'foreign'

/** A batch and the chain after it, as somebody tells of them whose word is proved elsewhere. */
export type ToldHead = Pick<Head, 'batch' | 'chain'>

/** Where the head of `engine` stands to the bytes of a head, or to one that is told of. What the ring does not tell any more counts as held. */
export function standingOf(
  { engine, seal }: { readonly engine: Engine; readonly seal: StoreSeal },
  head: Head,
  known: Uint8Array | ToldHead,
): Standing {
  const anchor = known instanceof Uint8Array ? decodeHead(known, seal) : known
  if (anchor === undefined) return 'foreign'
  if (anchor.batch > head.batch) return 'behind'
  const place = placeAfter(engine, anchor.batch)
  return place === undefined || Buffer.compare(place.chain, anchor.chain) === 0 ? 'held' : 'apart'
}

/**
 * Reads everything as it was when the snapshot was taken and compares it with the head of then.
 *
 * @returns what is wrong, for people; undefined when nothing is, or when the reading was ended
 */
export async function inspectContents(
  engine: Engine,
  seal: StoreSeal,
  options: { snapshot: EngineSnapshot; pause?: Pause | undefined },
): Promise<string | undefined> {
  const bytes = engine.get(HEAD_KEY, options.snapshot)
  const head = bytes === undefined ? undefined : decodeHead(bytes, seal)
  if (head === undefined) return 'The head record of the store is not authentic'
  const found = await readContents(engine, seal, options)
  if (found === undefined || sameContents(found, head.contents)) return undefined
  return differenceOf(found, head.contents)
}
