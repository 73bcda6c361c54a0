import { expect, test } from 'vitest'
import { BlindCache } from '../../src/repository/blind-cache.ts'

/** A cache with a count of the values that it had to have made. */
function counted(capacity: number): { ask: (input: string) => number; made: () => number } {
  const cache = new BlindCache(capacity)
  let made = 0
  const ask = (input: string): number =>
    cache.remember(input, () => {
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

test('long texts are not kept', () => {
  const { ask, made } = counted(10)
  const long = 'x'.repeat(161)
  ask(long)
  ask(long)
  expect(made()).toBe(2)
})

test('the value is made of the text', () => {
  const cache = new BlindCache(10)
  const given: string[] = []
  cache.remember('a text', (text) => {
    given.push(text)
    return Uint8Array.of(1)
  })
  expect(given).toEqual(['a text'])
})
