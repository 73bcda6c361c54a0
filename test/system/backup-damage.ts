import { SEALED_CHUNK } from '../../src/adapter/backup/chunk.ts'
import { readHeaderStart } from '../../src/adapter/backup/header.ts'
import type { Dice } from './dice.ts'

/** A backup in memory, and others whose parts may be put into it. */
export interface Originals {
  readonly whole: Buffer
  /** Of the same store at another moment, of another store, and of this store with shares. */
  readonly others: readonly Buffer[]
}

/** Does one thing to a backup that a disk, a network or somebody may do. Undefined when it changed nothing. */
export function damage(
  { whole, others }: Originals,
  dice: Dice,
): { readonly what: string; readonly bytes: Buffer } | undefined {
  const what = dice.pick(KINDS)
  const bytes = DAMAGES[what]({ whole, other: dice.pick(others), dice })
  return bytes.equals(whole) ? undefined : { what, bytes }
}

interface Material {
  readonly whole: Buffer
  readonly other: Buffer
  readonly dice: Dice
}

const DAMAGES = {
  'one bit': ({ whole, dice }: Material) => flipped(whole, dice, 1),
  'some bits': ({ whole, dice }: Material) => flipped(whole, dice, 2 + dice.below(30)),
  'one bit of the header': ({ whole, dice }: Material) =>
    Buffer.concat([flipped(headerOf(whole), dice, 1), whole.subarray(headerOf(whole).length)]),
  'zeros in it': ({ whole, dice }: Material) => {
    const from = dice.below(whole.length)
    return Buffer.from(whole).fill(0, from, Math.min(whole.length, from + 1 + dice.below(4_096)))
  },
  'a cut': ({ whole, dice }: Material) => whole.subarray(0, dice.below(whole.length)),
  'a cut between chunks': ({ whole, dice }: Material) =>
    join(whole, (chunks) => chunks.slice(0, dice.below(chunks.length))),
  'bytes behind it': ({ whole, dice }: Material) =>
    Buffer.concat([whole, Buffer.alloc(1 + dice.below(100_000), dice.below(256))]),
  'itself behind it': ({ whole }: Material) => Buffer.concat([whole, whole]),
  'another behind it': ({ whole, other }: Material) => Buffer.concat([whole, other]),
  'its chunks behind it': ({ whole }: Material) =>
    Buffer.concat([whole, whole.subarray(headerOf(whole).length)]),
  'two chunks exchanged': ({ whole, dice }: Material) =>
    join(whole, (chunks) => {
      const [one, two] = [dice.below(chunks.length), dice.below(chunks.length)]
      return chunks.map(
        (chunk, at) => (at === one ? chunks[two] : at === two ? chunks[one] : chunk) ?? chunk,
      )
    }),
  'a chunk twice': ({ whole, dice }: Material) =>
    join(whole, (chunks) => chunks.toSpliced(dice.below(chunks.length), 0, dice.pick(chunks))),
  'a chunk missing': ({ whole, dice }: Material) =>
    join(whole, (chunks) => chunks.toSpliced(dice.below(chunks.length), 1)),
  'a chunk of another': ({ whole, other, dice }: Material) =>
    join(whole, (chunks) => {
      const at = dice.below(chunks.length)
      return chunks.toSpliced(at, 1, chunksOf(other)[at] ?? Buffer.alloc(0))
    }),
  'the header of another': ({ whole, other }: Material) =>
    Buffer.concat([headerOf(other), whole.subarray(headerOf(whole).length)]),
  'the chunks of another': ({ whole, other }: Material) =>
    Buffer.concat([headerOf(whole), other.subarray(headerOf(other).length)]),
  'nothing of it': () => Buffer.alloc(0),
} as const satisfies Readonly<Record<string, (material: Material) => Buffer>>

type Kind = keyof typeof DAMAGES

const KINDS = Object.keys(DAMAGES).filter((kind): kind is Kind => kind in DAMAGES)

function flipped(content: Buffer, dice: Dice, bits: number): Buffer {
  const result = Buffer.from(content)
  for (let bit = 0; bit < bits; bit += 1) {
    const at = dice.below(content.length)
    result[at] = (result[at] ?? 0) ^ (1 << dice.below(8))
  }
  return result
}

function headerOf(file: Buffer): Buffer {
  const start = readHeaderStart(file)
  return file.subarray(0, start.kind === 'backup' ? start.length : 0)
}

function chunksOf(file: Buffer): readonly Buffer[] {
  const chunks: Buffer[] = []
  for (let at = headerOf(file).length; at < file.length; at += SEALED_CHUNK) {
    chunks.push(file.subarray(at, at + SEALED_CHUNK))
  }
  return chunks
}

function join(whole: Buffer, change: (chunks: readonly Buffer[]) => readonly Buffer[]): Buffer {
  return Buffer.concat([headerOf(whole), ...change(chunksOf(whole))])
}
