import { describe, expect, test } from 'vitest'
import type { FaultCode } from '../../../src/fault/fault-code.ts'
import { KmipFault } from '../../../src/fault/fault.ts'
import type { Loggable } from '../../../src/port/log.ts'
import { OPERATIONS } from '../../../src/operation/index.ts'
import type { ItemOutcome, ReadItem } from '../../../src/server/batch-item.ts'
import { DEFAULT_ALERT_RULES, type Alert } from '../../../src/server/watch/alert.ts'
import { Watch, type Watched } from '../../../src/server/watch/watch.ts'

const ALICE = { id: 'id-1', name: 'alice', role: 'user' }
const BOB = { id: 'id-2', name: 'bob', role: 'user' }
const RULES = {
  ...DEFAULT_ALERT_RULES,
  refusals: 3,
  gets: 4,
  destroys: 2,
  failedLogins: 2,
  failedHandshakes: 5,
}

function setting(rules = RULES) {
  const time = { wall: 1_000, at: 0 }
  const told: Alert[] = []
  const lines: (Readonly<Record<string, Loggable>> | undefined)[] = []
  const counters = { failedHandshakes: 0, refused: 0 }
  let changed = (): void => undefined
  const condition: Watched['condition'] & {
    state: 'serving' | 'read-only'
    why: string | undefined
  } = {
    follow: (told) => {
      changed = told
    },
    state: 'serving',
    why: undefined,
  }
  const steady = { behind: 0 }
  const watch = new Watch({
    rules,
    steady,
    clock: { now: () => Math.floor(time.wall) },
    ticker: { now: () => time.at, every: () => () => undefined },
    log: {
      ...{ debug: () => undefined, info: () => undefined, error: () => undefined },
      warn: (_, fields) => void lines.push(fields),
      with: () => {
        throw new Error('not asked for')
      },
    },
    tell: (alert) => void told.push(alert),
  })
  const watched: Watched = { listener: () => counters, condition }
  watch.start(watched)
  const pass = (seconds: number, ofWall = seconds): void => {
    time.at += seconds * 1_000
    time.wall += ofWall
    watch.look(watched)
  }
  const enter = (state: 'serving' | 'read-only'): void => {
    condition.state = state
    changed()
  }
  return { watch, told, lines, pass, counters, condition, steady, enter }
}

function item(name: 'Get' | 'Destroy' | 'Locate'): ReadItem {
  return { definition: OPERATIONS[name], place: 0, hasCriticalExtension: false }
}

function refused(code: FaultCode): ItemOutcome {
  return { fault: new KmipFault(code, 'no') }
}

const rulesOf = (told: readonly Alert[]) => told.map(({ rule }) => rule)

describe('what one client does', () => {
  test.each<[string, [ReadItem, ItemOutcome], [string, number]]>([
    ['refusals', [item('Get'), refused('NOT_PERMITTED')], ['refusals', 3]],
    ['objects that are not there', [item('Get'), refused('OBJECT_NOT_FOUND')], ['refusals', 3]],
    ['keys that are taken', [item('Get'), {}], ['gets', 4]],
    ['objects that are destroyed', [item('Destroy'), {}], ['destroys', 2]],
    ['wrong tickets', [item('Locate'), refused('INVALID_TICKET')], ['failed-logins', 2]],
  ])('%s make one alert when there are so many', (_, [each, outcome], [rule, least]) => {
    const { watch, told, lines, pass } = setting()
    for (let count = 1; count < least; count += 1) watch.saw(ALICE, [each], [outcome])
    watch.saw(BOB, [each], [outcome])
    expect(told).toEqual([])
    watch.saw(ALICE, [each, each, each], [outcome, outcome, outcome])
    expect(told).toMatchObject([{ rule, client: 'alice', count: least }])
    expect(lines).toEqual([{ alert: rule, client: 'alice', count: least }])
    pass(RULES.seconds)
    for (let count = 0; count < least; count += 1) watch.saw(ALICE, [each], [outcome])
    expect(told).toHaveLength(2)
  })

  test('what is no sign of anything makes none', () => {
    const { watch, told } = setting()
    for (let count = 0; count < 1_000; count += 1) {
      watch.saw(ALICE, [item('Locate')], [{}])
      watch.saw(ALICE, [item('Get')], [refused('WRONG_STATE')])
    }
    expect(told).toEqual([])
  })

  test('a rule of 0 is off', () => {
    const { watch, told } = setting({ ...RULES, destroys: 0 })
    for (let count = 0; count < 10; count += 1) watch.saw(ALICE, [item('Destroy')], [{}])
    expect(told).toEqual([])
  })
})

describe('what is looked at from time to time', () => {
  test('a clock that goes as it should makes no alert', () => {
    const { told, pass } = setting()
    for (let minute = 0; minute < 60; minute += 1) pass(5.4)
    expect(told).toEqual([])
  })

  test.each([
    ['forward', 10],
    ['back', -10],
  ])('a clock that is set %s makes one', (_, by) => {
    const { told, pass } = setting()
    pass(5)
    pass(5, 5 + by)
    for (let look = 0; look < 20; look += 1) pass(5)
    expect(rulesOf(told)).toEqual(['clock'])
    expect(told[0]?.count).toBe(10)
  })

  test('a clock that drifts 4 seconds in a minute makes one', () => {
    const { told, pass } = setting()
    for (let look = 0; look < 13; look += 1) pass(5, 5 + 1 / 3)
    expect(rulesOf(told)).toEqual(['clock'])
  })

  test('failed handshakes make one alert when there are so many in the time', () => {
    const { told, pass, counters } = setting()
    counters.failedHandshakes = 3
    pass(5)
    counters.refused = 2
    pass(5)
    pass(5)
    expect(told).toMatchObject([{ rule: 'failed-handshakes', count: 5 }])
    pass(RULES.seconds)
    counters.refused = 6
    pass(5)
    expect(told).toHaveLength(1)
  })

  test('a server that does not serve any more makes one', () => {
    const { told, pass, condition } = setting()
    pass(5)
    condition.state = 'read-only'
    condition.why = 'the disk is full'
    pass(5)
    pass(5)
    expect(told).toMatchObject([
      { rule: 'not-serving', message: 'the server is read-only: the disk is full' },
    ])
  })

  test('one that does not for less time than there is between two looks makes one, too', () => {
    const { told, pass, enter } = setting()
    enter('read-only')
    enter('serving')
    pass(5)
    expect(told).toMatchObject([{ rule: 'not-serving', message: 'the server is read-only' }])
    enter('read-only')
    expect(told).toHaveLength(2)
  })
})

test('another key of a client is told of each time', () => {
  const { watch, told } = setting()
  watch.keyAdded('web')
  watch.keyAdded('web')
  const alert = { rule: 'client-key', client: 'web', count: 1 }
  expect(told).toMatchObject([alert, alert])
})

describe('a time of day that is behind what it was', () => {
  test('is told once for as long as it is, and not for the seconds that clocks are corrected by', () => {
    const { told, pass, steady } = setting()
    steady.behind = DEFAULT_ALERT_RULES.clock + 1
    pass(5)
    expect(told).toEqual([])
    steady.behind = 3_600
    pass(5)
    pass(5)
    expect(told).toMatchObject([{ rule: 'clock', count: 3_600 }])
    steady.behind = 0
    pass(5)
    steady.behind = 50
    pass(5)
    expect(told).toHaveLength(2)
  })

  test('is told by nobody where the rule is off', () => {
    const { told, pass, steady } = setting({ ...RULES, clock: 0 })
    steady.behind = 3_600
    pass(5)
    expect(told).toEqual([])
  })
})
