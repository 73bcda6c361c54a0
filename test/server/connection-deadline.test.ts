import { expect, test } from 'vitest'
import { overdue, type Phase } from '../../src/server/connection-deadline.ts'
import { DEFAULT_TRANSPORT_LIMITS } from '../../src/server/limits.ts'

test.each<[Phase, number, string]>([
  ['idle', 300_000, 'idle'],
  ['header', 15_000, 'slow header'],
  ['body', 30_000, 'slow body'],
  ['sending', 30_000, 'answer not read'],
  ['closing', 5_000, 'close not answered'],
])('waiting in phase %s ends after %i ms', (phase, milliseconds, reason) => {
  const plenty = 10_000_000
  const limits = DEFAULT_TRANSPORT_LIMITS
  expect(overdue(phase, milliseconds, plenty, limits)).toBeUndefined()
  expect(overdue(phase, milliseconds + 1, plenty, limits)).toBe(reason)
})

test('our own work has no deadline', () => {
  expect(overdue('handling', 1e12, 0, DEFAULT_TRANSPORT_LIMITS)).toBeUndefined()
})

test.each([
  [5_000, 9, undefined],
  [6_000, 1_024, undefined],
  [6_000, 1_023, 'slow body'],
  [15_000, 10_240, undefined],
  [15_000, 10_239, 'slow body'],
])('after %i ms of a body, %i bytes are judged as %s', (elapsed, received, verdict) => {
  expect(overdue('body', elapsed, received, DEFAULT_TRANSPORT_LIMITS)).toBe(verdict)
})
