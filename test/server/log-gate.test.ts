import { expect, test } from 'vitest'
import { LogGate } from '../../src/server/log-gate.ts'
import { MemoryLog } from './listener.fixture.ts'

test('a flood of one event is a few lines and a count, and does not drown another event', () => {
  const log = new MemoryLog()
  const gate = new LogGate(log)
  for (let count = 0; count < 1_000; count += 1) gate.warn('flood', { count })
  gate.warn('other', {})
  gate.open()
  const events = log.lines.map(({ event }) => event)
  expect(events.filter((event) => event === 'flood').length).toBe(20)
  expect(events).toContain('other')
  expect(log.lines.at(-1)).toMatchObject({ event: 'flood, repeated', fields: { times: 980 } })
  gate.warn('flood', {})
  expect(log.lines.at(-1)?.event).toBe('flood')
})
