import { spawnSync } from 'node:child_process'
import { createCipheriv } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { unmovedBytes, unmovedCopy } from '../../src/secret/memory.ts'

test('a copy is one of its own, of any length', () => {
  for (const length of [0, 1, 32, 64, 65, 4_096]) {
    const bytes = Uint8Array.from({ length }, (_, index) => index + 1)
    const copy = unmovedCopy(bytes)
    expect(copy).toEqual(bytes)
    bytes.fill(0)
    expect(copy).toEqual(Uint8Array.from({ length }, (_, index) => index + 1))
    expect(unmovedBytes(length)).toEqual(new Uint8Array(length))
  }
})

test('nothing is encrypted as nothing, in CCM too, where OpenSSL has a meaning for no pointer', () => {
  const options = { authTagLength: 16 } as const
  const cipher = createCipheriv('aes-128-ccm', new Uint8Array(16), new Uint8Array(12), options)
  cipher.update(unmovedBytes(0))
  cipher.final()
  expect(cipher.getAuthTag()).toHaveLength(16)
})

const MEMORY = fileURLToPath(new URL('../../dist/secret/memory.js', import.meta.url))

/**
 * Keeps 300 copies of 32 bytes while garbage is collected, zeroes them all, and counts what is left in what the process has
 * in its memory. The pattern is put together from two halves, so that the program itself does not hold it.
 */
const PROGRAM = `
const { unmovedCopy } = await import(process.argv[1])
const { closeSync, openSync, readFileSync, readSync } = await import('node:fs')
const copyOf = process.argv[2] === 'unmoved' ? unmovedCopy : (bytes) => Uint8Array.from(bytes)
const pattern = Uint8Array.from({ length: 32 }, (_, index) => (index * 37 + 11) & 255)
const kept = []
for (let turn = 0; turn < 300; turn += 1) {
  kept.push(copyOf(pattern))
  for (let waste = 0; waste < 50; waste += 1) new Array(100).fill(turn)
  if (turn % 10 === 0) gc({ type: 'minor' })
}
gc()
for (const each of kept) each.fill(0)
const inverted = pattern.map((byte) => byte ^ 255)
pattern.fill(0)
const wanted = Buffer.from(inverted)
let count = 0
const memory = openSync('/proc/self/mem', 'r')
for (const line of readFileSync('/proc/self/maps', 'latin1').split('\\n')) {
  const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? []
  if (from === undefined) continue
  const [start, end] = [parseInt(from, 16), parseInt(to, 16)]
  if (end - start > 64 * 1048576) continue
  const piece = Buffer.alloc(end - start)
  try {
    readSync(memory, piece, 0, piece.length, start)
  } catch {
    continue
  }
  for (let at = 0; at < piece.length; at += 1) piece[at] ^= 255
  for (let at = piece.indexOf(wanted); at >= 0; at = piece.indexOf(wanted, at + 1)) count += 1
  piece.fill(0)
}
closeSync(memory)
console.log(count)
`

function leftIn(kind: 'unmoved' | 'movable'): number {
  const flags = ['--expose-gc', '--input-type=module']
  const { stdout } = spawnSync(process.execPath, [...flags, '-e', PROGRAM, MEMORY, kind], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  return Number(stdout)
}

test.runIf(process.platform === 'linux')(
  'what is zeroed is gone, which it is not where V8 moves it',
  () => {
    expect(leftIn('unmoved')).toBeLessThanOrEqual(2)
    expect(leftIn('movable')).toBeGreaterThan(20)
  },
)
