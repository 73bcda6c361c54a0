import { describe, expect, test } from 'vitest'
import { KmipFault } from '../../src/fault/fault.ts'
import type { EpochStatus, KeyLines } from '../../src/port/key-lines.ts'
import type { Rewrapping, Survey, Walk } from '../../src/repository/rewrapping.ts'
import { KeyRotation } from '../../src/server/key-rotation.ts'
import { recordingLog, type LogLine } from '../adapter/fixtures/recording-log.ts'

const HALF = 2 ** 31

describe('replacing a key-encryption key', () => {
  test('moves until a look finds nothing left, and only then destroys the old key', async () => {
    const { rotation, did, lines } = rotationOf({ left: [5, 1, 0] })
    expect(await rotation.rotate('default')).toBe(2)
    await rotation.settled()
    expect(did).toEqual([
      'rotate default',
      ...['look 5', 'walk', 'look 1', 'walk', 'look 0'],
      'retire 1',
    ])
    expect(rotation.status()).toMatchObject({ epochs: [{ number: 2, isSealing: true }], moved: 6 })
    expect(rotation.status().moving).toBeUndefined()
    expect(lines.map(({ event }) => event)).toEqual([
      'key-encryption key replaced',
      'old key-encryption keys destroyed',
    ])
  })

  test('goes on at the start with what was begun before', async () => {
    const { rotation, did } = rotationOf({ left: [3, 0], epochs: [old(1), old(2), sealing(3)] })
    rotation.start()
    await rotation.settled()
    expect(did).toEqual(['look 3', 'walk', 'look 0', 'retire 1,2'])
  })

  test('has nothing to do at the start when no old key is there', async () => {
    const { rotation, did } = rotationOf({ epochs: [sealing(1)] })
    rotation.start()
    await rotation.settled()
    expect(did).toEqual([])
  })

  test('a key that becomes old during the last look is not destroyed after it', async () => {
    const { rotation, did, during } = rotationOf({ left: [0, 2, 0] })
    during.look = async () => {
      during.look = undefined
      await rotation.rotate('default')
    }
    await rotation.rotate('default')
    await rotation.settled()
    expect(did).toEqual([
      'rotate default',
      ...['look 0', 'rotate default', 'retire 1'],
      ...['look 2', 'walk', 'look 0', 'retire 2'],
    ])
  })

  test('an entry that nobody knows keeps the old key, and says so', async () => {
    const { rotation, did, lines } = rotationOf({ left: [0], unknown: 'abcd' })
    await rotation.rotate('default')
    await rotation.settled()
    expect(did).toEqual(['rotate default', 'look 0'])
    expect(rotation.status().problem).toBe('Nobody knows what lies under the key abcd of the store')
    expect(lines.at(-1)).toMatchObject({ level: 'error' })
  })

  test('records that do not open keep it, too, after everything else was moved', async () => {
    const { rotation, did } = rotationOf({ left: [4, 1], refused: 1 })
    await rotation.rotate('default')
    await rotation.settled()
    expect(did).toEqual(['rotate default', 'look 4', 'walk', 'look 1', 'walk'])
    expect(rotation.status().problem).toMatch(/^1 records do not open under their keys/)
  })

  test('is tried again a while after the store has failed, and an hour after it was blocked', async () => {
    const { rotation, did, during, pass } = rotationOf({ left: [1, 0] })
    during.look = async () => {
      during.look = undefined
      return Promise.reject(new KmipFault('UNAVAILABLE', 'The store failed'))
    }
    rotation.start()
    await rotation.rotate('default')
    await rotation.settled()
    expect(rotation.status().problem).toBe('The store failed')
    await pass(59_000)
    expect(did.slice(1)).toEqual(['look 1', 'count'])
    await pass(2_000)
    expect(did.slice(1)).toEqual(['look 1', 'count', 'count', 'look 0', 'retire 1'])
  })

  test('a key that has sealed half as often as it may is replaced by itself', async () => {
    for (const [seals, expected] of [
      [HALF - 1, ['count']],
      [HALF, ['count', 'rotate default', 'look 0', 'retire 1']],
    ] as const) {
      const { rotation, did, pass } = rotationOf({ left: [0], epochs: [sealing(1, seals)] })
      rotation.start()
      await pass(10_000)
      expect(did).toEqual(expected)
    }
  })

  test('ends between two steps when the server does', async () => {
    const { rotation, did, during } = rotationOf({ left: [5, 0] })
    during.walk = () => {
      void rotation.close()
    }
    await rotation.rotate('default')
    await rotation.settled()
    await rotation.close()
    expect(did).toEqual(['rotate default', 'look 5', 'walk'])
    await rotation.rotate('default')
    await rotation.settled()
    expect(did).toEqual(['rotate default', 'look 5', 'walk', 'rotate default'])
  })
})

function sealing(number: number, seals = 0): EpochStatus {
  return { number, line: 'default', isSealing: true, seals }
}

function old(number: number): EpochStatus {
  return { number, line: 'default', isSealing: false, seals: 0 }
}

interface Script {
  /** What each look finds. */
  readonly left?: readonly number[]
  readonly unknown?: string
  /** Records that cannot be moved. */
  readonly refused?: number
  readonly epochs?: readonly EpochStatus[]
}

function rotationOf({ left = [], unknown, refused = 0, epochs = [sealing(1)] }: Script) {
  const did: string[] = []
  const lines: LogLine[] = []
  const found = [...left]
  const during: { look?: (() => Promise<void>) | undefined; walk?: () => void } = {}
  let stale = 0
  let time = 0
  let task = (): void => undefined
  const rewrapping: Pick<Rewrapping, 'survey' | 'walk'> = {
    survey: async (rest): Promise<Survey | undefined> => {
      stale = found.shift() ?? 0
      did.push(`look ${stale}`)
      await during.look?.()
      return (await rest(0)) ? { stale, unknown } : undefined
    },
    walk: async (rest): Promise<Walk> => {
      did.push('walk')
      during.walk?.()
      const rewrapped = stale - refused
      await rest(rewrapped)
      return { rewrapped, refused }
    },
  }
  const rotation = new KeyRotation({
    lines: scriptedLines(epochs, did),
    rewrapping,
    log: recordingLog(lines),
    ticker: {
      now: () => time,
      every: (_, run) => {
        task = run
        return () => undefined
      },
    },
  })
  const pass = async (milliseconds: number): Promise<void> => {
    time += milliseconds
    task()
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    await rotation.settled()
  }
  return { rotation, did, lines, during, pass }
}

function scriptedLines(
  first: readonly EpochStatus[],
  did: string[],
): Omit<KeyLines, 'begin' | 'end'> {
  let epochs = first
  return {
    list: () => epochs,
    rotate: async (line) => {
      did.push(`rotate ${line}`)
      const number = Math.max(...epochs.map((each) => each.number)) + 1
      epochs = [...epochs.map((each) => old(each.number)), sealing(number)]
      return Promise.resolve(number)
    },
    retire: async (numbers) => {
      did.push(`retire ${numbers.join(',')}`)
      epochs = epochs.filter(({ number }) => !numbers.includes(number))
      return Promise.resolve()
    },
    keepCounts: async () => {
      did.push('count')
      return Promise.resolve()
    },
  }
}
