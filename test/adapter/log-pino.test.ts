import { describe, expect, test } from 'vitest'
import { createLog, type Severity } from '../../src/adapter/log-pino.ts'
import type { Log } from '../../src/port/log.ts'

function logTo(level: Severity): { readonly log: Log; readonly lines: () => unknown[] } {
  const written: string[] = []
  const log = createLog(level, { write: (line) => written.push(line) })
  return { log, lines: () => written.map((line): unknown => JSON.parse(line)) }
}

describe('the log', () => {
  test('writes one line of JSON for each call: level, time, event, fields', () => {
    const { log, lines } = logTo('info')
    log.info('started', { port: 5696, hosts: ['a', 'b'], more: { deep: true } })
    expect(lines()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
        event: 'started',
        port: 5696,
        hosts: ['a', 'b'],
        more: { deep: true },
      },
    ])
  })

  test('keeps back what is below its level', () => {
    const { log, lines } = logTo('warn')
    for (const severity of ['debug', 'info', 'warn', 'error'] as const) log[severity](severity)
    expect(lines()).toMatchObject([{ event: 'warn' }, { event: 'error' }])
  })

  test('adds the fields of a correlation to every line, and adds them up', () => {
    const { log, lines } = logTo('info')
    log.with({ connection: 'c-1' }).with({ request: 7 }).info('answered', { code: 'OK' })
    log.info('alone')
    expect(lines()[0]).toMatchObject({ connection: 'c-1', request: 7, code: 'OK' })
    expect(lines()[1]).not.toHaveProperty('connection')
  })

  test.each(['level', 'time', 'event'])('does not let a field take the place of %s', (name) => {
    const written: string[] = []
    const log = createLog('info', { write: (line) => written.push(line) })
    log.with({ [name]: 'forged' }).info('true', { [name]: 'forged too' })
    const [line = ''] = written
    expect(line.match(new RegExp(`"${name}":`, 'g'))).toHaveLength(1)
    expect(JSON.parse(line)).toMatchObject({ level: 'info', event: 'true' })
  })

  test('writes line ends inside a value as text', () => {
    const written: string[] = []
    const log = createLog('info', { write: (line) => written.push(line) })
    log.info('named', { name: 'a\n{"level":"info","event":"forged"}' })
    expect(written.join('').trimEnd().split('\n')).toHaveLength(1)
  })

  test('does not open up a field of the name err', () => {
    const { log, lines } = logTo('info')
    log.info('failed', { err: { stack: 'kept as it is' } })
    expect(lines()[0]).toMatchObject({ err: { stack: 'kept as it is' } })
  })
})
