import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Dice } from '../dice.ts'
import { Disk } from './disk.ts'
import type { Event } from './trace.ts'

const ROOT = '/traced'
const IMAGES = 50

const open: Event = {
  call: 'open',
  fd: 9,
  path: `${ROOT}/log`,
  flags: { create: true, truncate: false, append: true },
}
const write = (text: string): Event => ({
  call: 'write',
  fd: 9,
  at: undefined,
  data: Buffer.from(text),
})
const begin = (thread: string): Event => ({ call: 'sync-begin', fd: 9, thread })
const end = (thread: string): Event => ({ call: 'sync-end', fd: 9, thread })

/** Longer than a sector, so that what is there can be told from what is not. */
const [FIRST, SECOND, THIRD] = ['a', 'b', 'c'].map((letter) => letter.repeat(8_192)) as [
  string,
  string,
  string,
]

describe('A disk whose power fails', () => {
  let parent: string
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'kmipd-disk-'))
  })
  afterEach(() => {
    rmSync(parent, { recursive: true })
  })

  /** The lengths of the file that there can be after the events. */
  function lengthsAfter(...events: readonly Event[]): readonly number[] {
    const disk = new Disk(ROOT, 'ordered')
    for (const event of events) disk.apply(event)
    const dice = new Dice(1)
    return Array.from({ length: IMAGES }, (_, number) => {
      disk.writeImage(join(parent, String(number)), dice)
      return readFileSync(join(parent, String(number), 'log')).length
    })
  }

  test('has what was written before a sync began that has ended', () => {
    const lengths = lengthsAfter(open, write(FIRST), begin('1'), write(SECOND), end('1'))
    expect(Math.min(...lengths)).toBe(8_192)
    expect(Math.max(...lengths)).toBe(16_384)
  })

  test('may lack what was written while a sync was under way that others were beside', () => {
    const both = [write(FIRST), begin('1'), write(SECOND), begin('2'), write(THIRD)]
    const lengths = lengthsAfter(open, ...both, end('1'), end('2'))
    expect(Math.min(...lengths)).toBe(16_384)
  })
})
