import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { generateKeyPairSync } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { leafHash } from '../../../src/adapter/audit-log/hashing.ts'
import { NOTE_LINES } from '../../../src/adapter/audit-log/checkpoint.ts'
import { segmentsIn } from '../../../src/adapter/audit-log/directory.ts'
import { readKeptNotes, verifyAudit } from '../../../src/adapter/audit-log/verify.ts'
import { Dice } from '../../system/dice.ts'
import { fill, hasherInProcess, lineOf, openLog, PUBLIC_KEY } from './fixture.ts'

const POSITIONS = Number(env['KMIPD_TAMPERINGS'] ?? 25)
const SEED = Number(env['KMIPD_TAMPERING_SEED'] ?? Date.now() % 1_000_000)
const ENTRIES = 300
/** Some thirty entries to a segment, and a checkpoint at the end of each. */
const LIMITS = { segmentBytes: 3_300, segmentSeconds: 86_400, syncMs: 200 }

vi.setConfig({ testTimeout: 30_000 + POSITIONS * 1_000 })

let parent: string
let whole: string
/** Of the same size, and other entries. */
let other: string
let copies = 0

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'kmipd-tamper-'))
  whole = join(parent, 'whole')
  other = join(parent, 'other')
  for (const [directory, object] of [
    [whole, 'o'],
    [other, 'p'],
  ] as const) {
    const log = await openLog(directory, { limits: LIMITS, startHasher: hasherInProcess() })
    await fill(log, { from: 0, to: ENTRIES, object })
    await log.close()
  }
  console.info(`tampering: ${POSITIONS} positions of each kind, seed ${SEED}`)
}, 120_000)

afterAll(() => {
  rmSync(parent, { recursive: true })
})

/** A copy of the log that may be spoilt. */
class Copy {
  readonly directory = join(parent, `copy-${copies++}`)

  /** What is spoilt is written anew: the other files are those of the log itself. */
  constructor() {
    mkdirSync(this.directory)
    for (const name of readdirSync(whole)) linkSync(join(whole, name), join(this.directory, name))
  }

  write(name: string, content: string | Uint8Array): void {
    rmSync(join(this.directory, name))
    writeFileSync(join(this.directory, name), content)
  }

  /** Changes the lines of the segment that an entry is in; `at` is the place of the entry among them. */
  change(index: number, edit: (lines: string[], at: number) => void): void {
    const { name, first } = segmentWith(index)
    this.rewrite(name, (lines) => {
      edit(lines, index - first)
    })
  }

  rewrite(name: string, edit: (lines: string[]) => void): void {
    const lines = readFileSync(join(this.directory, name), 'utf8').split('\n')
    lines.pop()
    edit(lines)
    this.write(name, lines.map((line) => `${line}\n`).join(''))
  }

  /** Verifies it. */
  finding() {
    const now = Date.now()
    return verifyAudit({ directory: this.directory, key: PUBLIC_KEY, now }).finding
  }
}

/** The segment that an entry is in. */
function segmentWith(index: number) {
  const segment = segmentsIn(whole).findLast(({ first }) => first <= index)
  if (segment === undefined) throw new RangeError('no such entry')
  return segment
}

/** Sizes of the log at its checkpoints. */
function checkpointSizes(): readonly number[] {
  return readKeptNotes(join(whole, 'checkpoints'), PUBLIC_KEY).map(({ size }) => size)
}

function placeOf(index: number) {
  const { name, first } = segmentWith(index)
  return { index, file: name, line: index - first + 1 }
}

/** Does something at as many places as are asked for, and expects it to be found there. */
function everywhere(
  tamper: (
    copy: Copy,
    position: number,
    dice: Dice,
  ) => { readonly index: number; readonly file?: string },
  bound = ENTRIES,
): void {
  const dice = new Dice(SEED)
  for (let round = 0; round < POSITIONS; round += 1) {
    // The first and the last are always among them.
    const position = round === 0 ? 0 : round === 1 ? bound - 1 : dice.below(bound)
    const copy = new Copy()
    const expected = tamper(copy, position, dice)
    expect(copy.finding(), `at ${position} of seed ${SEED}`).toMatchObject(expected)
  }
}

describe(`an audit log is found to be tampered with at the right entry`, () => {
  test('and is found to be whole where nothing was done', () => {
    expect(new Copy().finding()).toBeUndefined()
    expect(checkpointSizes().length).toBeGreaterThan(7)
    expect(checkpointSizes().at(-1)).toBe(ENTRIES)
  })

  test('where an entry was edited', () => {
    everywhere((copy, index, dice) => {
      copy.change(index, (lines, at) => {
        const bytes = Buffer.from(lines[at] ?? '')
        const place = dice.below(bytes.length)
        bytes[place] = (bytes[place] ?? 0) === 0x78 ? 0x79 : 0x78
        lines[at] = bytes.toString('latin1')
      })
      return placeOf(index)
    })
  })

  test('where an entry was deleted', () => {
    everywhere((copy, index) => {
      copy.change(index, (lines, at) => lines.splice(at, 1))
      return { index }
    })
  })

  test('where an entry was inserted', () => {
    everywhere((copy, index) => {
      copy.change(index, (lines, at) => lines.splice(at, 0, lineOf(9_999)))
      return placeOf(index)
    })
  })

  test('where an entry was added behind the last of a segment', () => {
    const segments = segmentsIn(whole)
    everywhere((copy, position) => {
      const { first } = segments[position + 1] ?? { first: ENTRIES }
      copy.change(first - 1, (lines) => lines.push(lineOf(9_999)))
      return { index: first }
    }, segments.length - 1)
  })

  test('where two entries were exchanged', () => {
    everywhere((copy, one, dice) => {
      const another = (one + 1 + dice.below(ENTRIES - 1)) % ENTRIES
      const texts = [one, another].map((index) => lineOf(index))
      copy.change(one, (lines, at) => (lines[at] = texts[1] ?? ''))
      copy.change(another, (lines, at) => (lines[at] = texts[0] ?? ''))
      return placeOf(Math.min(one, another))
    })
  })

  test('where the end was cut off', () => {
    everywhere((copy, index) => {
      const { first } = segmentWith(index)
      for (const segment of segmentsIn(whole)) {
        if (segment.first > first) rmSync(join(copy.directory, segment.name))
      }
      copy.change(index, (lines, at) => lines.splice(at))
      return { index }
    })
  })

  test('where the end was cut off in the middle of a line', () => {
    everywhere((copy, index) => {
      const { first, name } = segmentWith(index)
      for (const segment of segmentsIn(whole)) {
        if (segment.first > first) rmSync(join(copy.directory, segment.name))
      }
      copy.change(index, (lines, at) => lines.splice(at))
      const before = readFileSync(join(copy.directory, name), 'utf8')
      copy.write(name, before + lineOf(index).slice(0, -1))
      return { index }
    })
  })

  test('where an entry was doubled', () => {
    everywhere((copy, index) => {
      copy.change(index, (lines, at) => lines.splice(at, 0, lines[at] ?? ''))
      return { index: index + 1 }
    }, ENTRIES - 1)
  })

  test('where a segment was replaced by one of another log', () => {
    const segments = segmentsIn(whole)
    everywhere((copy, position) => {
      const { first, name } = segments[position] ?? { first: 0, name: '' }
      copy.write(name, readFileSync(join(other, name)))
      return { index: first, file: name }
    }, segments.length)
  })

  test('where a segment was replaced by what it was before', () => {
    everywhere((copy, index) => {
      copy.change(index, (lines, at) => lines.splice(at))
      return { index }
    })
  })

  test('where a segment was removed', () => {
    const segments = segmentsIn(whole)
    everywhere((copy, position) => {
      const { first, name } = segments[position] ?? { first: 0, name: '' }
      rmSync(join(copy.directory, name))
      return { index: first }
    }, segments.length)
  })

  test('where checkpoints were cut off', () => {
    const sizes = checkpointSizes()
    everywhere((copy, kept) => {
      copy.rewrite('checkpoints', (lines) => lines.splice(NOTE_LINES * kept))
      return { index: kept === 0 ? 0 : (sizes[kept - 1] ?? 0) }
    }, sizes.length)
  })

  test('where checkpoints were cut off and the time of what was under them is one of the future', () => {
    const sizes = checkpointSizes()
    everywhere((copy, kept) => {
      copy.rewrite('checkpoints', (lines) => lines.splice(NOTE_LINES * kept))
      const index = kept === 0 ? 0 : (sizes[kept - 1] ?? 0)
      copy.change(index, (lines, at) => {
        lines[at] = lineOf(10 ** 12 + index)
      })
      rmSync(join(copy.directory, segmentWith(index).name.replace('jsonl', 'hashes')))
      return { index }
    }, sizes.length)
  })

  test('where a checkpoint was forged', () => {
    const sizes = checkpointSizes()
    const forged = [readFileSync(join(other, 'checkpoints'), 'utf8').split('\n')]
    everywhere((copy, position, dice) => {
      copy.rewrite('checkpoints', (lines) => {
        const at = NOTE_LINES * position
        // The first one says which log it is.
        const kind = dice.below(position === 0 ? 3 : 4)
        if (kind === 0) lines[at + 1] = String((sizes[position] ?? 0) + 1)
        else if (kind === 1) lines[at + 2] = forged[0]?.[at + 2] ?? ''
        else if (kind === 2) lines[at + 4] = lines[at + 4 + (position === 0 ? 6 : -6)] ?? ''
        else lines.splice(at, NOTE_LINES, ...(forged[0]?.slice(at, at + NOTE_LINES) ?? []))
      })
      const index = position === 0 ? 0 : (sizes[position - 1] ?? 0)
      return { file: 'checkpoints', index, line: NOTE_LINES * position + 1 }
    }, sizes.length)
  })

  test('where a hash that is kept of an entry was altered', () => {
    everywhere((copy, index, dice) => {
      const { first, name } = segmentWith(index)
      const file = name.replace('.jsonl', '.hashes')
      const bytes = readFileSync(join(copy.directory, file))
      const place = 32 * (index - first) + dice.below(32)
      bytes[place] = (bytes[place] ?? 0) ^ 1
      copy.write(file, bytes)
      return { index, file }
    })
  })

  test('where the hashes of a segment were exchanged for others', () => {
    const segments = segmentsIn(whole)
    everywhere((copy, position) => {
      const { first, name } = segments[position] ?? { first: 0, name: '' }
      const file = name.replace('.jsonl', '.hashes')
      copy.write(file, readFileSync(join(other, file)))
      return { index: first, file }
    }, segments.length)
  })

  test('or between its checkpoints, where its hash was altered to fit', () => {
    const sizes = checkpointSizes()
    everywhere((copy, index) => {
      const { first, name } = segmentWith(index)
      const lines = lineOf(9_999)
      copy.change(index, (all, at) => (all[at] = lines))
      const file = name.replace('.jsonl', '.hashes')
      const bytes = readFileSync(join(copy.directory, file))
      leafHash(Buffer.from(lines)).forEach((byte, at) => (bytes[32 * (index - first) + at] = byte))
      copy.write(file, bytes)
      return { index: sizes.findLast((size) => size <= index) ?? 0 }
    })
  })
})

describe('what a directory alone does not show', () => {
  test('is shown by a checkpoint that was kept: a log that was put back wholly', () => {
    const sizes = checkpointSizes()
    const keep = Math.floor(sizes.length / 2)
    const size = sizes[keep - 1] ?? 0
    const copy = new Copy()
    for (const name of readdirSync(copy.directory)) {
      if (/^\d/.test(name) && Number(name.slice(0, 20)) >= size) rmSync(join(copy.directory, name))
    }
    copy.rewrite('checkpoints', (lines) => lines.splice(NOTE_LINES * keep))
    const { directory } = copy
    expect(verifyAudit({ directory, key: PUBLIC_KEY, now: Date.now() }).finding).toBeUndefined()
    const kept = readKeptNotes(join(whole, 'checkpoints'), PUBLIC_KEY)
    const { finding } = verifyAudit({ directory, key: PUBLIC_KEY, kept })
    expect(finding).toMatchObject({ index: size })
  })

  test('is shown by a checkpoint that was kept: another log signed with the same key', () => {
    const kept = readKeptNotes(join(whole, 'checkpoints'), PUBLIC_KEY)
    const { finding } = verifyAudit({ directory: other, key: PUBLIC_KEY, kept })
    expect(finding).toMatchObject({ index: 0 })
  })

  test('is shown by the key: a log that another key has signed', async () => {
    const directory = join(parent, 'foreign')
    const { privateKey } = generateKeyPairSync('ed25519')
    const log = await openLog(directory, { key: privateKey, startHasher: hasherInProcess() })
    await fill(log, { from: 0, to: 3 })
    await log.close()
    expect(verifyAudit({ directory, key: PUBLIC_KEY }).finding).toMatchObject({
      file: 'checkpoints',
      line: 1,
      problem: 'the checkpoint is not signed with the key',
    })
  })
})
