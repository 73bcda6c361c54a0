import { describe, expect, test, vi } from 'vitest'
import { KmipFault } from '../../src/fault/fault.ts'
import type { Identity } from '../../src/model/identity.ts'
import {
  DEFAULT_REQUEST_LIMITS,
  Turnstile,
  type OwnLimits,
  type Pass,
  type RequestLimits,
} from '../../src/server/turnstile.ts'

const alice = { id: 'alice', name: 'alice', role: 'client' }
const bob = { id: 'bob', name: 'bob', role: 'client' }
const inTeam = (identity: Identity): Identity => ({ ...identity, namespace: 'team' })

/** A turnstile whose clock goes when it is told to. */
function turnstile(limits: Partial<RequestLimits>, own?: OwnLimits) {
  let now = 0
  const tasks = new Set<() => void>()
  const ticker = {
    now: () => now,
    every: (_: number, task: () => void) => {
      tasks.add(task)
      return () => tasks.delete(task)
    },
  }
  const pass = (milliseconds: number): void => {
    now += milliseconds
    for (const task of tasks) task()
  }
  const gate = new Turnstile({ ...DEFAULT_REQUEST_LIMITS, ...limits }, ticker, own)
  return { gate, pass, tasks }
}

const NO_RATE = { perSecond: 0, burst: 1 }

function isPass(entered: unknown): entered is Pass {
  return typeof entered === 'object' && entered !== null && 'namespace' in entered
}

function codeIn(entered: unknown): unknown {
  return entered instanceof KmipFault ? entered.code : entered
}

describe('messages at once', () => {
  test('the defaults let 128 connections of one client in at once, without a promise', () => {
    const { gate } = turnstile({})
    const entered: unknown[] = []
    for (let count = 0; count < 128; count += 1) entered.push(gate.enter(alice, 1))
    expect(entered.every(isPass)).toBe(true)
  })

  test('one more of a client waits until one is answered, and others do not wait for it', async () => {
    const { gate } = turnstile({ identity: { rate: NO_RATE, inFlight: 2 } })
    const [first] = [gate.enter(alice, 1), gate.enter(alice, 1)]
    const third = gate.enter(alice, 1)
    expect(third).toBeInstanceOf(Promise)
    expect(isPass(gate.enter(bob, 1))).toBe(true)
    if (!isPass(first)) throw new TypeError('not let in')
    gate.leave(first)
    expect(isPass(await third)).toBe(true)
    expect(gate.waiting).toBe(0)
  })

  test('clients of one namespace share what it has', async () => {
    const { gate } = turnstile({ namespace: { rate: NO_RATE, inFlight: 1 } })
    const first = gate.enter(inTeam(alice), 1)
    const second = gate.enter(inTeam(bob), 1)
    expect(second).toBeInstanceOf(Promise)
    expect(isPass(gate.enter(bob, 1))).toBe(true)
    if (!isPass(first)) throw new TypeError('not let in')
    gate.leave(first)
    expect(isPass(await second)).toBe(true)
  })

  test('those that wait are let in in their order, past those whose client has no room', async () => {
    const { gate } = turnstile({ identity: { rate: NO_RATE, inFlight: 1 }, inFlight: 2 })
    const ofAlice = gate.enter(alice, 1)
    const ofBob = gate.enter(bob, 1)
    const order: string[] = []
    const again = Promise.resolve(gate.enter(alice, 1)).then(() => order.push('alice'))
    const other = Promise.resolve(gate.enter(bob, 1)).then(() => order.push('bob'))
    if (!isPass(ofAlice) || !isPass(ofBob)) throw new TypeError('not let in')
    gate.leave(ofBob)
    await other
    gate.leave(ofAlice)
    await again
    expect(order).toEqual(['bob', 'alice'])
  })

  test('who waits too long is refused, and nobody looks any more when nobody waits', async () => {
    const { gate, pass, tasks } = turnstile({ inFlight: 1, waitMs: 1_000 })
    void gate.enter(alice, 1)
    const late = gate.enter(bob, 1)
    pass(900)
    expect(gate.waiting).toBe(1)
    pass(100)
    expect(codeIn(await late)).toBe('SERVER_LIMIT')
    expect([gate.waiting, tasks.size]).toEqual([0, 0])
  })

  test('where too many wait already, the next is refused at once', () => {
    const { gate } = turnstile({ inFlight: 1, waiting: 1 })
    void gate.enter(alice, 1)
    void gate.enter(alice, 1)
    expect(codeIn(gate.enter(bob, 1))).toBe('SERVER_LIMIT')
  })
})

describe('batch items a second', () => {
  const rate = { perSecond: 10, burst: 5 }

  test('a burst is let in, what is over it waits as long as it takes, and beyond that is refused', async () => {
    vi.useFakeTimers()
    try {
      const { gate } = turnstile({ identity: { rate, inFlight: 100 }, waitMs: 500 })
      expect(isPass(gate.enter(alice, 5))).toBe(true)
      const waiting = gate.enter(alice, 5)
      expect(waiting).toBeInstanceOf(Promise)
      expect(codeIn(gate.enter(alice, 1))).toBe('SERVER_LIMIT')
      expect(isPass(gate.enter(bob, 5))).toBe(true)
      await vi.advanceTimersByTimeAsync(500)
      expect(isPass(await waiting)).toBe(true)
    } finally {
      vi.useRealTimers()
    }
  })

  test('what was refused costs nothing, and tokens come back with time, up to the burst', () => {
    const { gate, pass } = turnstile({ identity: { rate, inFlight: 100 }, waitMs: 0 })
    expect(isPass(gate.enter(alice, 5))).toBe(true)
    expect(codeIn(gate.enter(alice, 1))).toBe('SERVER_LIMIT')
    pass(100)
    expect(isPass(gate.enter(alice, 1))).toBe(true)
    pass(60_000)
    expect(codeIn(gate.enter(alice, 6))).toBe('SERVER_LIMIT')
    expect(isPass(gate.enter(alice, 5))).toBe(true)
  })
})

describe('limits of their own', () => {
  const NONE = () => undefined

  test('a client that has some is held to them, and others to those of the server', () => {
    const identity = (id: string) => (id === 'alice' ? { inFlight: 1 } : undefined)
    const { gate } = turnstile({}, { identity, namespace: NONE })
    expect(isPass(gate.enter(alice, 1))).toBe(true)
    expect(gate.enter(alice, 1)).toBeInstanceOf(Promise)
    for (let count = 0; count < 10; count += 1) expect(isPass(gate.enter(bob, 1))).toBe(true)
  })

  test('a rate of a namespace is for all its clients together, where the server has none', () => {
    const namespace = (id: string) => (id === 'team' ? { rate: 1, burst: 3 } : undefined)
    const { gate } = turnstile({ waitMs: 0 }, { identity: NONE, namespace })
    expect(isPass(gate.enter(inTeam(alice), 2))).toBe(true)
    expect(codeIn(gate.enter(inTeam(bob), 2))).toBe('SERVER_LIMIT')
    expect(isPass(gate.enter(inTeam(bob), 1))).toBe(true)
    expect(isPass(gate.enter(bob, 1_000))).toBe(true)
  })

  test('they count from the moment when they are changed, and the server has its own again after', () => {
    let limits: { rate?: number; burst?: number } | undefined
    const own = { identity: () => limits, namespace: NONE }
    const { gate } = turnstile({ waitMs: 0 }, own)
    expect(isPass(gate.enter(alice, 500))).toBe(true)
    limits = { rate: 1, burst: 2 }
    expect(codeIn(gate.enter(alice, 3))).toBe('SERVER_LIMIT')
    expect(isPass(gate.enter(alice, 2))).toBe(true)
    expect(codeIn(gate.enter(alice, 1))).toBe('SERVER_LIMIT')
    limits = undefined
    expect(isPass(gate.enter(alice, 500))).toBe(true)
  })

  test('a rate of 0 is no limit, where the server has one', () => {
    const rate = { perSecond: 1, burst: 1 }
    const own = { identity: () => ({ rate: 0 }), namespace: NONE }
    const { gate } = turnstile({ identity: { rate, inFlight: 9 }, waitMs: 0 }, own)
    expect(isPass(gate.enter(alice, 500))).toBe(true)
  })
})
