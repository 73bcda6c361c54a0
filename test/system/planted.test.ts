import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { Search } from './planted.ts'

const PLANTS = Array.from({ length: 300 }, (_, index) =>
  createHash('sha256').update(`search ${index}`).digest(),
)
const NOISE = Buffer.concat(
  Array.from({ length: 20_000 }, (_, index) =>
    createHash('sha256').update(`noise ${index}`).digest(),
  ),
)
const search = new Search(PLANTS)
const plant = PLANTS[217] ?? Buffer.alloc(0)

test('nothing is found where nothing was planted', () => {
  expect(search.find(NOISE)).toEqual([])
  expect(search.find(Buffer.from(NOISE.toString('base64')))).toEqual([])
})

test.each([
  ['raw', plant],
  ['the first half', plant.subarray(0, 16)],
  ['the second half', plant.subarray(16)],
  ['reversed', Buffer.from(plant).reverse()],
  ['in lower-case digits', Buffer.from(plant.toString('hex'))],
  ['in upper-case digits', Buffer.from(plant.toString('hex').toUpperCase())],
  ['in digits of two bytes', Buffer.from(plant.toString('hex'), 'utf16le')],
  ['in base64', Buffer.from(plant.toString('base64'))],
  [
    'in base64 behind one byte',
    Buffer.from(Buffer.concat([Buffer.of(7), plant]).toString('base64')),
  ],
  [
    'in base64 behind two bytes',
    Buffer.from(Buffer.concat([Buffer.of(7, 9), plant]).toString('base64')),
  ],
  ['in base64url', Buffer.from(plant.toString('base64url'))],
  ['as a list of numbers', Buffer.from(JSON.stringify([...plant]))],
  ['as an object', Buffer.from(JSON.stringify(Uint8Array.from(plant)))],
  ['in a Buffer of JSON', Buffer.from(JSON.stringify({ key: plant }))],
])('a plant is found %s, wherever it stands', (_, written) => {
  for (const offset of [0, 1, 2, 3, NOISE.length - 1, NOISE.length]) {
    const content = Buffer.concat([NOISE.subarray(0, offset), written, NOISE.subarray(offset)])
    const found = search.find(content)
    expect(found.length).toBeGreaterThan(0)
    expect(new Set(found.map(({ plant: index }) => index))).toEqual(new Set([217]))
  }
})
