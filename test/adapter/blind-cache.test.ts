import { expect, test } from 'vitest'
import { BlindCache } from '../../src/adapter/blind-cache.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A cache with a count of the values that it had to have made. */
function counted(capacity: number): { ask: (input: string) => number; made: () => number } {
  const cache = new BlindCache(capacity)
  let made = 0
  const ask = (input: string): number =>
    cache.remember('name', bytes(input), () => {
      made += 1
      return Uint8Array.of(made)
    })[0] ?? 0
  return { ask, made: () => made }
}

test('a value is made once while it is in use', () => {
  const { ask, made } = counted(10)
  for (let round = 0; round < 5; round += 1) expect([ask('a'), ask('b')]).toEqual([1, 2])
  expect(made()).toBe(2)
})

test('a value that is asked for again and again outlives any number of others', () => {
  const { ask, made } = counted(10)
  for (let other = 0; other < 1000; other += 1) {
    expect(ask('kept')).toBe(1)
    ask(`other ${other}`)
  }
  expect(made()).toBe(1001)
})

test('values that nobody asked for while a whole capacity passed are forgotten', () => {
  const { ask, made } = counted(10)
  ask('forgotten')
  for (let other = 0; other < 10; other += 1) ask(`other ${other}`)
  const before = made()
  ask('forgotten')
  expect(made()).toBe(before + 1)
})

test('long inputs are not kept', () => {
  const { ask, made } = counted(10)
  const long = 'x'.repeat(129)
  ask(long)
  ask(long)
  expect(made()).toBe(2)
})

test('a cleared cache knows nothing', () => {
  const cache = new BlindCache(10)
  cache.remember('name', bytes('a'), () => Uint8Array.of(1))
  cache.clear()
  expect(cache.remember('name', bytes('a'), () => Uint8Array.of(2))).toEqual(Uint8Array.of(2))
})
