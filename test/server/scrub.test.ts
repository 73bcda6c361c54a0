import { describe, expect, test } from 'vitest'
import { Scrub, type Scrubbed } from '../../src/server/scrub.ts'
import { recordingLog, type LogLine } from '../adapter/fixtures/recording-log.ts'

const LIMITS = { scrubSeconds: 60, entriesPerSecond: 1_000_000 }

describe('reading the store through', () => {
  test('begins at once, and again at its time', async () => {
    let begun = 0
    const { turn, intervals } = scrubOf(async () => {
      begun += 1
      return Promise.resolve(undefined)
    })
    expect(begun).toBe(1)
    expect(intervals).toEqual([60_000])
    await new Promise((resolve) => setImmediate(resolve))
    await turn()
    expect(begun).toBe(2)
  })

  test('happens at its time, and one line says that all was as written', async () => {
    const { turn, lines, intervals, refused } = scrubOf(async (pause) => {
      expect(await pause(10)).toBe(true)
      return undefined
    })
    expect(intervals).toEqual([60_000])
    await turn()
    expect(lines).toMatchObject([{ level: 'info', event: 'store read through' }])
    expect(refused).toEqual([])
  })

  test('ends writing when something is wrong, with one line, and is not done again', async () => {
    const { turn, lines, refused, stopped } = scrubOf(async () => Promise.resolve('one is missing'))
    await turn()
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'error',
        event: 'store damaged, nothing is written any more',
      }),
    ])
    expect(refused).toEqual(['one is missing'])
    expect(stopped()).toBe(1)
  })

  test('is slowed down to its rate', async () => {
    const begun = performance.now()
    const { turn } = scrubOf(
      async (pause) => {
        await pause(100)
        return undefined
      },
      { scrubSeconds: 60, entriesPerSecond: 1_000 },
    )
    await turn()
    expect(performance.now() - begun).toBeGreaterThan(90)
  })

  test('ends at once when the server does, and says nothing of what it did not see', async () => {
    let wentOn: boolean | undefined
    const { tick, scrub, lines } = scrubOf(
      async (pause) => {
        wentOn = await pause(1_000_000)
        return 'half of it is not there'
      },
      { scrubSeconds: 60, entriesPerSecond: 100 },
    )
    tick()
    await scrub.close()
    expect(wentOn).toBe(false)
    expect(lines).toEqual([])
  })

  test('is not begun again while it lasts, and goes on after a failure', async () => {
    let begun = 0
    const { tick, turn, lines } = scrubOf(async () => {
      begun += 1
      await new Promise((resolve) => setImmediate(resolve))
      throw new Error('a secret of the engine')
    })
    tick()
    await turn()
    expect(begun).toBe(1)
    await turn()
    expect(begun).toBe(2)
    expect(JSON.stringify(lines)).not.toContain('secret')
    expect(lines.map(({ event }) => event)).toEqual(Array(2).fill('store not read through'))
  })
})

function scrubOf(inspect: Scrubbed['inspect'], limits = LIMITS) {
  const refused: string[] = []
  const lines: LogLine[] = []
  const intervals: number[] = []
  let stops = 0
  let task = (): void => undefined
  const scrub = new Scrub({
    store: { inspect, refuseWrites: (why) => refused.push(why) },
    limits,
    log: recordingLog(lines),
    ticker: {
      now: () => 0,
      every: (milliseconds, run) => {
        intervals.push(milliseconds)
        task = run
        return () => {
          stops += 1
        }
      },
    },
  })
  scrub.start()
  // What is begun at once is the first reading.
  const tick = (): void => {
    task()
  }
  const turn = async (): Promise<void> => {
    task()
    for (let wait = 0; wait < 40; wait += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  return { scrub, tick, turn, lines, intervals, refused, stopped: () => stops }
}
