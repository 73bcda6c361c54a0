import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dice } from './dice.ts'

/** A directory, and an earlier state of it. */
export interface Original {
  readonly directory: string
  readonly earlier: string
}

/**
 * Does one thing to one file of a copy of the directory, or to two: what faults of a disk and people do.
 *
 * @returns what was done, for whoever looks into a failure; undefined when it would change nothing
 */
export async function corrupt(
  { directory, earlier }: Original,
  copy: string,
  dice: Dice,
): Promise<string | undefined> {
  await rm(copy, { recursive: true, force: true })
  await cp(directory, copy, { recursive: true })
  const file = await someFile(copy, dice)
  const content = await readFile(join(copy, file))
  const kind = dice.pick(KINDS)
  const other = await someFile(kind === 'an old copy of' ? earlier : copy, dice)
  const from = kind === 'an old copy of' ? earlier : copy
  // Of the files of its folder an old copy is one of the same name, where there was one.
  const source = kind === 'an old copy of' && (await filesOf(earlier)).includes(file) ? file : other
  const changed = CHANGES[kind]({ content, dice, other: await readFile(join(from, source)) })
  if (changed?.equals(content) === true) return undefined
  if (changed === undefined) await rm(join(copy, file))
  else await writeFile(join(copy, file), changed)
  if (kind === 'the exchange of') await writeFile(join(copy, source), content)
  return `${kind} ${file}${source === file || !TWO.has(kind) ? '' : ` and ${source}`}`
}

interface Change {
  readonly content: Buffer
  readonly other: Buffer
  readonly dice: Dice
}

/** What becomes of a file's content; undefined for no file. */
const CHANGES = {
  'one bit of': ({ content, dice }: Change) => flipped(content, dice, 1),
  'some bits of': ({ content, dice }: Change) => flipped(content, dice, 2 + dice.below(30)),
  'zeros in': ({ content, dice }: Change) => {
    const result = Buffer.from(content)
    const from = dice.below(content.length + 1)
    return result.fill(0, from, Math.min(from + 1 + dice.below(512), content.length))
  },
  'a cut of': ({ content, dice }: Change) => content.subarray(0, dice.below(content.length + 1)),
  'bytes behind': ({ content, dice }: Change) =>
    Buffer.concat([content, Buffer.alloc(1 + dice.below(64), dice.below(256))]),
  'the loss of': () => undefined,
  'the exchange of': ({ other }: Change) => other,
  'an old copy of': ({ other }: Change) => other,
} as const satisfies Readonly<Record<string, (change: Change) => Buffer | undefined>>

type Kind = keyof typeof CHANGES

const KINDS = Object.keys(CHANGES).filter((kind): kind is Kind => kind in CHANGES)
const TWO: ReadonlySet<Kind> = new Set<Kind>(['the exchange of', 'an old copy of'])

function flipped(content: Buffer, dice: Dice, bits: number): Buffer {
  const result = Buffer.from(content)
  for (let bit = 0; bit < bits && content.length > 0; bit += 1) {
    const at = dice.below(content.length)
    result[at] = (result[at] ?? 0) ^ (1 << dice.below(8))
  }
  return result
}

async function someFile(directory: string, dice: Dice): Promise<string> {
  const files = await filesOf(directory)
  return files[dice.below(files.length)] ?? ''
}

async function filesOf(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const prefix = directory.length + 1
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(prefix)).sort()
}
