import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SteadyClock } from '../../src/server/steady-clock.ts'

test('goes on with the other clock, and stands still while that is behind its latest time', () => {
  let wall = 1_000
  const clock = new SteadyClock({ now: () => wall }, 0)
  expect([clock.now(), clock.behind]).toEqual([1_000, 0])
  wall = 1_010
  expect(clock.now()).toBe(1_010)
  wall = 900
  expect([clock.now(), clock.behind]).toEqual([1_010, 110])
  wall = 1_011
  expect([clock.now(), clock.behind]).toEqual([1_011, 0])
})

test('stands still from its start on where it was later before', () => {
  const clock = new SteadyClock({ now: () => 500 }, 2_000)
  expect([clock.now(), clock.behind]).toEqual([2_000, 1_500])
})

test('is the running maximum of whatever the other clock says', () => {
  fc.assert(
    fc.property(fc.nat(), fc.array(fc.nat(), { minLength: 1 }), (highest, walls) => {
      let wall = 0
      const clock = new SteadyClock({ now: () => wall }, highest)
      let most = highest
      for (wall of walls) {
        most = Math.max(most, wall)
        expect(clock.now()).toBe(most)
      }
    }),
  )
})
