import { beforeEach, describe, expect, test } from 'vitest'
import type { ReadItem } from '../../src/server/batch-item.ts'
import type { Job } from '../../src/server/job.ts'
import { DEFAULT_JOB_LIMITS, Jobs, type JobLimits } from '../../src/server/jobs.ts'
import { CancellationResult } from '../../src/spec/enum/cancellation-result.ts'
import type { Secret } from '../../src/secret/secret.ts'
import { Operation } from '../../src/spec/enum/operation.ts'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { faultOf } from '../schema/fault-of.ts'
import { ManualTicker, MemoryLog } from './listener.fixture.ts'

const OWNER = { client: 'alice', version: '1.4' } as const
const { Canceled, UnableToCancel, Completed, Failed, Unavailable } = CancellationResult

const payload = (text: string): Item => ({
  tag: Tag.ResponsePayload.number,
  type: ItemType.Structure,
  value: [
    {
      tag: Tag.UniqueIdentifier.number,
      type: ItemType.TextString,
      value: new TextEncoder().encode(text),
    },
  ],
})
const item = (text = 'asked'): ReadItem => ({
  operation: Operation.Create,
  payload: payload(text),
  hasCriticalExtension: false,
  place: 0,
})

let now: number
let count: number
let log: MemoryLog
let ticker: ManualTicker

beforeEach(() => {
  now = 1_000
  count = 0
  log = new MemoryLog()
  ticker = new ManualTicker()
})

function jobsOf(limits: Partial<JobLimits> = {}): Jobs {
  return new Jobs({
    limits: { ...DEFAULT_JOB_LIMITS, ...limits },
    clock: { now: () => now },
    ticker,
    random: { identifier: () => `id-${(count += 1)}` },
    log,
  })
}

/** Work that waits to be let go. */
function held() {
  let release: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  return {
    gate,
    release: () => {
      release()
    },
  }
}

function submit(jobs: Jobs, work: (job: Job) => Promise<void> | void, owner = OWNER): Job {
  const [job] =
    jobs.submit(owner, [item()], async ([only]) => {
      if (only !== undefined) await work(only)
      return undefined
    }) ?? []
  if (job === undefined) throw new TypeError('there was no room')
  return job
}

const forget = () => undefined
const settled = async () => new Promise((resolve) => setImmediate(resolve))
const poll = (
  jobs: Jobs,
  job: Job,
  owner: typeof OWNER | { client: string; version: '1.3' | '1.4' } = OWNER,
) => jobs.of(owner, forget).poll(job.correlation)
const cancel = (jobs: Jobs, job: Job, owner: { client: string; version: '1.4' } = OWNER) =>
  jobs.of(owner, forget).cancel(job.correlation)

describe('a job', () => {
  test('is pending until it has ended, and then has its answer (1.4 section 4.28)', async () => {
    const jobs = jobsOf()
    const { gate, release } = held()
    const job = submit(jobs, async (own) => {
      await gate
      own.begin()
      own.end({ payload: payload('made') }, jobs.until)
    })
    expect(poll(jobs, job)).toEqual({ state: 'pending' })
    release()
    await settled()
    const answer = { state: 'ended', operation: Operation.Create, payload: payload('made') }
    expect(poll(jobs, job)).toMatchObject(answer)
    expect(poll(jobs, job), 'asked again').toMatchObject(answer)
  })

  test('is nobody else’s, and of no other version', async () => {
    const jobs = jobsOf()
    const job = submit(jobs, (own) => {
      own.end({}, jobs.until)
    })
    await settled()
    expect(faultOf(() => poll(jobs, job, { client: 'bob', version: '1.4' })).code).toBe(
      'UNKNOWN_REQUEST',
    )
    expect(faultOf(() => poll(jobs, job, { client: 'alice', version: '1.3' })).code).toBe(
      'UNKNOWN_REQUEST',
    )
    expect(cancel(jobs, job, { client: 'bob', version: '1.4' })).toBe(Unavailable)
  })

  test('keeps its request though the message is gone', async () => {
    const jobs = jobsOf()
    const asked = item('asked')
    const { gate, release } = held()
    let seen: unknown
    jobs.submit(OWNER, [asked], async ([job]) => {
      await gate
      seen = structuredClone(job?.item.payload)
      return undefined
    })
    const [text] = asked.payload?.type === ItemType.Structure ? asked.payload.value : []
    if (text?.type === ItemType.TextString) text.value.fill(0)
    release()
    await settled()
    expect(seen).toEqual(payload('asked'))
  })

  test('is forgotten after a while, and no sooner', async () => {
    const jobs = jobsOf({ keepSeconds: 100 })
    const job = submit(jobs, (own) => {
      own.end({}, jobs.until)
    })
    await settled()
    now += 99
    expect(poll(jobs, job)).toMatchObject({ state: 'ended' })
    now += 1
    expect(faultOf(() => poll(jobs, job)).code).toBe('UNKNOWN_REQUEST')
    expect(cancel(jobs, job)).toBe(Unavailable)
  })

  test('shows a copy of its answer, which stays while it is written and is zeroed then', async () => {
    const jobs = jobsOf()
    const job = submit(jobs, (own) => {
      own.end({ payload: payload('made') }, jobs.until)
    })
    await settled()
    const lent: Secret[] = []
    const shown = jobs.of(OWNER, (copy) => void lent.push(copy)).poll(job.correlation)
    await jobs.close({ graceMs: 0 })
    expect(shown).toMatchObject({ payload: payload('made') })
    for (const copy of lent) copy.destroy()
    expect(shown).not.toMatchObject({ payload: payload('made') })
  })

  test('that fails as no operation does is answered with a fault, and logged', async () => {
    const jobs = jobsOf()
    const job = submit(jobs, () => {
      throw new TypeError('a bug')
    })
    await settled()
    expect(poll(jobs, job)).toMatchObject({ fault: { code: 'INTERNAL' } })
    expect(log.lines.map(({ event }) => event)).toEqual(['asynchronous operation failed'])
  })
})

describe('Cancel (1.4 section 4.27)', () => {
  test('keeps from storing what has begun and not stored', async () => {
    const jobs = jobsOf()
    const { gate, release } = held()
    let stored: boolean | undefined
    const job = submit(jobs, async (own) => {
      own.begin()
      await gate
      stored = own.mayStore()
      own.end({ payload: payload('made') }, jobs.until)
    })
    expect(cancel(jobs, job)).toBe(Canceled)
    release()
    await settled()
    expect(stored).toBe(false)
    expect(poll(jobs, job)).toMatchObject({ state: 'ended', fault: { code: 'BATCH_CANCELED' } })
    expect(poll(jobs, job)).not.toHaveProperty('payload')
  })

  test('cannot cancel what is being stored', async () => {
    const jobs = jobsOf()
    const { gate, release } = held()
    const job = submit(jobs, async (own) => {
      own.begin()
      own.mayStore()
      await gate
      own.end({}, jobs.until)
    })
    expect(cancel(jobs, job)).toBe(UnableToCancel)
    release()
    await settled()
    expect(cancel(jobs, job)).toBe(Completed)
  })

  test('tells of what has ended how it did', async () => {
    const jobs = jobsOf()
    const job = submit(jobs, () => {
      throw new TypeError('a bug')
    })
    await settled()
    expect(cancel(jobs, job)).toBe(Failed)
    expect(jobs.of(OWNER, forget).cancel(new Uint8Array(1_000_000))).toBe(Unavailable)
  })

  test('keeps from beginning what waits', async () => {
    const jobs = jobsOf({ atOnce: 1 })
    const { gate, release } = held()
    submit(jobs, async () => gate)
    let began: boolean | undefined
    const second = submit(jobs, (own) => {
      began = own.begin()
    })
    expect(cancel(jobs, second)).toBe(Canceled)
    release()
    await settled()
    expect(began).toBe(false)
  })
})

describe('the number of jobs is limited', () => {
  const nothing = async () => Promise.resolve(undefined)

  test('to so many of one client, those included that are kept', async () => {
    const jobs = jobsOf({ perClient: 2 })
    expect(jobs.submit(OWNER, [item(), item()], nothing)).toHaveLength(2)
    await settled()
    expect(jobs.submit(OWNER, [item()], nothing)).toBeUndefined()
    expect(jobs.submit({ client: 'bob', version: '1.4' }, [item()], nothing)).toHaveLength(1)
    now += DEFAULT_JOB_LIMITS.keepSeconds
    expect(jobs.submit(OWNER, [item()], nothing)).toHaveLength(1)
  })

  test('to so many of all clients', () => {
    const jobs = jobsOf({ jobs: 2 })
    expect(jobs.submit(OWNER, [item(), item(), item()], nothing)).toBeUndefined()
    expect(jobs.submit(OWNER, [item()], nothing)).toHaveLength(1)
    expect(
      jobs.submit({ client: 'bob', version: '1.4' }, [item(), item()], nothing),
    ).toBeUndefined()
  })

  test('but what the client was told gives way, and nothing else does', async () => {
    const jobs = jobsOf({ perClient: 2 })
    const ended = () =>
      submit(jobs, (own) => {
        own.end({}, jobs.until)
      })
    const [first, second] = [ended(), ended()]
    await settled()
    poll(jobs, second)
    const third = ended()
    await settled()
    expect(faultOf(() => poll(jobs, second)).code).toBe('UNKNOWN_REQUEST')
    expect(poll(jobs, first)).toMatchObject({ state: 'ended' })
    expect(poll(jobs, third)).toMatchObject({ state: 'ended' })
  })

  test.each(['bytes', 'bytesPerClient'] as const)(
    'to so many bytes of requests (%s)',
    async (limit) => {
      const jobs = jobsOf({ [limit]: 5_000 })
      const { gate, release } = held()
      const large = item('x'.repeat(3_000))
      expect(jobs.submit(OWNER, [large], async () => gate.then(() => undefined))).toHaveLength(1)
      expect(jobs.submit(OWNER, [large], nothing)).toBeUndefined()
      const others = jobs.submit({ client: 'bob', version: '1.4' }, [large], nothing)
      expect(others === undefined).toBe(limit === 'bytes')
      release()
      await settled()
      expect(jobs.submit(OWNER, [large], nothing), 'once it is over').toHaveLength(1)
    },
  )

  test('to so many bytes of answers; what is small is kept', async () => {
    const jobs = jobsOf({ bytesPerClient: 5_000 })
    const answered = async (text: string) => {
      const job = submit(jobs, (own) => {
        jobs.end(own, { payload: payload(text) })
      })
      await settled()
      return poll(jobs, job)
    }
    expect(await answered('x'.repeat(3_000))).toHaveProperty('payload')
    expect(await answered('y'.repeat(3_000))).toMatchObject({
      fault: { code: 'RESPONSE_TOO_LARGE' },
    })
    expect(await answered('small')).toMatchObject({ payload: payload('small') })
  })

  test('to so many at a time', async () => {
    const jobs = jobsOf({ atOnce: 2 })
    const { gate, release } = held()
    let most = 0
    let working = 0
    for (let index = 0; index < 6; index += 1) {
      submit(jobs, async () => {
        working += 1
        most = Math.max(most, working)
        await gate
        working -= 1
      })
    }
    release()
    await settled()
    expect([most, working]).toEqual([2, 0])
  })
})

describe('on shutdown', () => {
  test('what has begun is waited for, and what has not is canceled', async () => {
    const jobs = jobsOf({ atOnce: 1 })
    const { gate, release } = held()
    let ended = false
    submit(jobs, async (own) => {
      own.begin()
      await gate
      ended = own.mayStore()
    })
    let began = false
    submit(jobs, (own) => {
      began = own.begin()
    })
    const closed = jobs.close({ graceMs: 5_000 })
    expect(jobs.submit(OWNER, [item()], async () => Promise.resolve(undefined))).toBeUndefined()
    release()
    await closed
    expect([ended, began]).toEqual([true, false])
  })

  test('what takes too long stores nothing', async () => {
    const jobs = jobsOf()
    const { gate, release } = held()
    let stored: boolean | undefined
    submit(jobs, async (own) => {
      own.begin()
      await gate
      stored = own.mayStore()
    })
    await jobs.close({ graceMs: 1 })
    release()
    await settled()
    expect(stored).toBe(false)
  })
})

describe('what is under way for somebody who is gone', () => {
  let isKnown = true
  const owner = { client: 'alice', version: '1.4', isKnown: () => isKnown } as const

  test('is canceled with the next look, stores nothing and is found by nobody', async () => {
    isKnown = true
    const jobs = jobsOf()
    const work = held()
    const stored: boolean[] = []
    const going = submit(
      jobs,
      async (job) => {
        job.begin()
        await work.gate
        stored.push(job.mayStore())
      },
      owner,
    )
    const other = submit(jobs, () => undefined)
    isKnown = false
    ticker.advance(30_000)
    work.release()
    await going.over
    await other.over
    expect(stored).toEqual([false])
    expect(faultOf(() => poll(jobs, going)).code).toBe('UNKNOWN_REQUEST')
    expect(poll(jobs, other)).toMatchObject({ state: 'ended' })
  })

  test('and its answer is forgotten', async () => {
    isKnown = true
    const jobs = jobsOf()
    const done = submit(
      jobs,
      (job) => {
        job.begin()
        jobs.end(job, { payload: payload('answer') })
      },
      owner,
    )
    await done.over
    isKnown = false
    jobs.endUnknown()
    expect(faultOf(() => poll(jobs, done)).code).toBe('UNKNOWN_REQUEST')
    expect(done.bytes).toBe(0)
  })
})
