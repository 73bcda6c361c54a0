import { afterEach, describe, expect, it, vi } from 'vitest'
import { systemTicker } from '../../src/server/ticker.ts'

const DAY_MS = 86_400_000

describe('the ticker of the machine', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('does not take a year, as settings allow, for a millisecond', () => {
    vi.useFakeTimers()
    const task = vi.fn()
    const stop = systemTicker.every(365 * DAY_MS, task)
    vi.advanceTimersByTime(100)
    expect(task).not.toHaveBeenCalled()
    vi.advanceTimersByTime(25 * DAY_MS)
    expect(task).toHaveBeenCalledTimes(1)
    stop()
  })
})
