import { describe, expect, test } from 'vitest'
import { KmipFault } from '../../../src/fault/fault.ts'
import { AuditVerification, type VerifiedAudit } from '../../../src/server/audit/verification.ts'
import { recordingLog, type LogLine } from '../../adapter/fixtures/recording-log.ts'
import { MemoryAudit } from '../../fixtures/memory-audit.ts'

const CLEAN: VerifiedAudit = { entries: 12, checkpoints: 3, moved: 4, unproven: 2 }
const FINDING = { index: 5, file: '0.jsonl', line: 6, problem: 'it was altered' }

function setting(verify: (signal: AbortSignal) => Promise<VerifiedAudit>, verifySeconds = 86_400) {
  const lines: LogLine[] = []
  const alerts: string[] = []
  const audit = new MemoryAudit()
  const intervals: number[] = []
  let task = (): void => undefined
  const verification = new AuditVerification({
    verify,
    limits: { verifySeconds },
    clock: { now: () => 1_700_000_000.5 },
    log: recordingLog(lines),
    trail: audit.trail,
    alert: (message) => alerts.push(message),
    ticker: {
      now: () => 0,
      every: (milliseconds, run) => {
        intervals.push(milliseconds)
        task = run
        return () => {
          task = () => undefined
        }
      },
    },
  })
  verification.start()
  const tick = async () => {
    task()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { verification, lines, alerts, audit, intervals, tick }
}

describe('verifying the audit log beside its use', () => {
  test('begins a minute after the start, and then at its time', async () => {
    let rounds = 0
    const { intervals, tick } = setting(async () => {
      rounds += 1
      return Promise.resolve(CLEAN)
    })
    expect([rounds, intervals]).toEqual([0, [60_000]])
    await tick()
    expect([rounds, intervals]).toEqual([1, [60_000, 86_400_000]])
    await tick()
    expect([rounds, intervals.length]).toEqual([2, 2])
  })

  test('begins at its time where that is sooner', () => {
    expect(setting(async () => Promise.resolve(CLEAN), 7).intervals).toEqual([7_000])
  })

  test('is on record in the log itself, from where to where, and raises nothing', async () => {
    const { verification, alerts, audit, lines, tick } = setting(async () => Promise.resolve(CLEAN))
    await tick()
    expect(audit.entries).toMatchObject([
      {
        operation: 'audit.verify',
        result: 'success',
        detail: { from: 4, to: 10, checkpoints: 3 },
      },
    ])
    expect(verification.status).toEqual({ verified: { entries: 10, at: 1_700_000_000 } })
    expect(lines).toMatchObject([{ level: 'info', event: 'audit log verified' }])
    expect(alerts).toEqual([])
  })

  test('tells of what is wrong in an alert, in the log, in the audit and in the status, and goes on', async () => {
    let report: VerifiedAudit = CLEAN
    const { verification, alerts, audit, lines, tick } = setting(async () =>
      Promise.resolve(report),
    )
    await tick()
    report = { ...CLEAN, finding: FINDING }
    await tick()
    const problem = 'the audit log was altered at entry 5 (0.jsonl, line 6): it was altered'
    expect(alerts).toEqual([problem])
    expect(lines.at(-1)).toMatchObject({
      level: 'error',
      event: 'audit log altered',
      fields: { problem },
    })
    expect(audit.entries.at(-1)).toMatchObject({
      operation: 'audit.verify',
      result: 'failed',
      detail: { from: 4, to: 5, file: '0.jsonl', line: 6, problem: 'it was altered' },
    })
    expect(verification.status).toMatchObject({ verified: { entries: 10 }, problem })
    await tick()
    expect(alerts).toHaveLength(2)
    report = CLEAN
    await tick()
    expect(verification.status.problem).toBeUndefined()
  })

  test('names no file of an entry that is in none', async () => {
    const finding = { index: 0, file: '', line: 1, problem: 'there is no file' }
    const { alerts, tick } = setting(async () => Promise.resolve({ ...CLEAN, finding }))
    await tick()
    expect(alerts).toEqual(['the audit log was altered at entry 0: there is no file'])
  })

  test('says that it could not be done, and nothing of what is not meant for people', async () => {
    let error: Error = new KmipFault('UNAVAILABLE', 'FILE cannot be read (EIO)')
    const { alerts, lines, tick } = setting(async () => Promise.reject(error))
    await tick()
    error = new TypeError('a secret of the disk')
    await tick()
    expect(alerts).toEqual([
      'the audit log was not verified: FILE cannot be read (EIO)',
      'the audit log was not verified: unknown error',
    ])
    expect(lines.map(({ event }) => event)).toEqual(Array(2).fill('audit log not verified'))
  })

  test('is told by an alert also where the log cannot be written', async () => {
    const { alerts, audit, tick } = setting(async () =>
      Promise.resolve({ ...CLEAN, finding: FINDING }),
    )
    audit.isFailing = true
    await tick()
    expect(alerts).toHaveLength(1)
  })

  test('is not begun again while it lasts, and ends at once with the server, saying nothing', async () => {
    let rounds = 0
    const { verification, alerts, audit, lines, tick } = setting(async (signal) => {
      rounds += 1
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(new KmipFault('UNAVAILABLE', 'ended'))
        })
      })
    })
    await tick()
    await tick()
    expect(rounds).toBe(1)
    verification.close()
    await tick()
    expect([rounds, alerts, lines, audit.lines]).toEqual([1, [], [], []])
  })
})
