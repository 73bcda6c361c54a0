import { describe, expect, test } from 'vitest'
import { Condition, mayFollow, SERVER_STATES, type ServerState } from '../../src/server/state.ts'
import { recordingLog, type LogLine } from '../adapter/fixtures/recording-log.ts'

/** From each state, where a server may come next. */
const ALLOWED: readonly (readonly [ServerState, readonly ServerState[]])[] = [
  ['init', ['self-test', 'error']],
  ['self-test', ['sealed', 'error']],
  ['sealed', ['serving', 'read-only', 'error']],
  ['serving', ['read-only', 'error']],
  ['read-only', ['serving', 'error']],
  ['error', ['serving', 'read-only']],
]

describe('the states of a server', () => {
  test.each(ALLOWED)('from %s it may come to %j alone', (from, next) => {
    expect(SERVER_STATES.filter((to) => mayFollow(from, to))).toEqual(
      SERVER_STATES.filter((to) => next.includes(to)),
    )
  })

  test('no key is opened before the self-test, and nothing served before the store is open', () => {
    const condition = new Condition(recordingLog([]))
    expect(() => {
      condition.enter('sealed')
    }).toThrow(RangeError)
    condition.enter('self-test')
    expect(() => {
      condition.enter('serving')
    }).toThrow(RangeError)
    expect(condition.state).toBe('self-test')
  })

  test('each change is one line of the log, with the reason where it does not serve', () => {
    const lines: LogLine[] = []
    const condition = new Condition(recordingLog(lines))
    for (const state of ['self-test', 'sealed', 'serving'] as const) condition.enter(state)
    condition.enter('serving')
    condition.enter('read-only', 'one entry is missing')
    condition.enter('read-only', 'one entry is missing')
    condition.enter('error', 'reopening failed')
    expect(condition.why).toBe('reopening failed')
    condition.enter('serving')
    expect(condition.why).toBeUndefined()
    expect(lines.map(({ level, fields }) => [level, fields['state'], fields['reason']])).toEqual([
      ['debug', 'self-test', undefined],
      ['debug', 'sealed', undefined],
      ['info', 'serving', undefined],
      ['warn', 'read-only', 'one entry is missing'],
      ['error', 'error', 'reopening failed'],
      ['info', 'serving', undefined],
    ])
  })
})
