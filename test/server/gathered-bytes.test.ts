import { expect, test } from 'vitest'
import { GatheredBytes } from '../../src/server/http/gathered-bytes.ts'

test('gives back what came, whichever pieces it came in', () => {
  const gathered = new GatheredBytes()
  const sent: number[] = []
  const taken: number[] = []
  for (let count = 0; count < 500; count += 1) {
    const piece = Array.from({ length: (count * 7) % 23 }, (_, at) => (count + at) % 256)
    sent.push(...piece)
    gathered.push(Buffer.from(piece))
    if (count % 3 === 0) taken.push(...gathered.take((count * 5) % 60))
    expect(gathered.length).toBe(sent.length - taken.length)
  }
  taken.push(...gathered.takeAll())
  expect(taken).toEqual(sent)
  expect(gathered.length).toBe(0)
})

test('leaves no copy behind', () => {
  const gathered = new GatheredBytes()
  const pieces = Array.from({ length: 10 }, () => Buffer.alloc(3, 9))
  for (const piece of pieces) gathered.push(piece)
  expect(Buffer.concat(pieces).every((byte) => byte === 0)).toBe(true)
  const alone = Buffer.alloc(3, 9)
  const other = new GatheredBytes()
  other.push(alone)
  expect(other.take(2)).toEqual(Buffer.alloc(2, 9))
  expect(alone).toEqual(Buffer.from([0, 0, 9]))
  other.wipe()
  expect(alone[2]).toBe(0)
})
