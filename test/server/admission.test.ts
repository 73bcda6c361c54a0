import { describe, expect, test } from 'vitest'
import { Admission, sourceOf } from '../../src/server/admission.ts'
import { DEFAULT_TRANSPORT_LIMITS, type TransportLimits } from '../../src/server/limits.ts'

function limitsOf(change: {
  caps?: Partial<TransportLimits['caps']>
  arrivals?: Partial<TransportLimits['arrivals']>
}): TransportLimits {
  const { caps, arrivals } = DEFAULT_TRANSPORT_LIMITS
  return {
    ...DEFAULT_TRANSPORT_LIMITS,
    caps: { ...caps, ...change.caps },
    arrivals: { ...arrivals, ...change.arrivals },
  }
}

describe('Admission', () => {
  test('counts one address apart from another', () => {
    const admission = new Admission(limitsOf({ caps: { perAddress: 1 } }), 0)
    expect(admission.enter('a', 0, 0)).toBeUndefined()
    expect(admission.enter('a', 0, 0)).toBe('too many connections from the address')
    expect(admission.enter('b', 0, 0)).toBeUndefined()
    expect(admission.open).toBe(2)
    admission.leave('a')
    expect(admission.enter('a', 0, 0)).toBeUndefined()
    expect(admission.open).toBe(2)
  })

  test('one address that hammers leaves the tokens of all to the others', () => {
    const arrivals = { perAddress: { perSecond: 1, burst: 1 }, total: { perSecond: 1, burst: 3 } }
    const admission = new Admission(limitsOf({ arrivals }), 0)
    expect(admission.enter('a', 0, 0)).toBeUndefined()
    for (let count = 0; count < 100; count += 1) {
      expect(admission.enter('a', 0, 0)).toBe('connecting too fast')
    }
    expect(admission.enter('b', 0, 0)).toBeUndefined()
    expect(admission.enter('c', 0, 0)).toBeUndefined()
    expect(admission.enter('d', 0, 0)).toBe('connections come too fast')
  })

  test('tokens come in with time, up to the burst', () => {
    const perAddress = { perSecond: 10, burst: 2 }
    const admission = new Admission(limitsOf({ arrivals: { perAddress } }), 0)
    const admitted = (now: number): number => {
      let count = 0
      while (admission.enter('a', 0, now) === undefined) count += 1
      return count
    }
    expect(admitted(0)).toBe(2)
    expect(admitted(50)).toBe(0)
    expect(admitted(100)).toBe(1)
    expect(admitted(100_000)).toBe(2)
  })

  test('an address is remembered while a connection is open or tokens are missing, and then forgotten', () => {
    const perAddress = { perSecond: 1, burst: 1 }
    const admission = new Admission(limitsOf({ arrivals: { perAddress } }), 0)
    admission.enter('a', 0, 0)
    admission.sweep(5_000)
    expect(admission.sources).toBe(1)
    admission.leave('a')
    expect(admission.enter('a', 0, 5_000)).toBeUndefined()
    admission.leave('a')
    admission.sweep(5_500)
    expect(admission.enter('a', 0, 5_500)).toBe('connecting too fast')
    admission.sweep(7_000)
    expect(admission.sources).toBe(0)
  })
})

describe('sourceOf', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:db8::1:2:3:4', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
  ])('%s is counted with %s', (address, source) => {
    expect(sourceOf(address)).toBe(source)
  })
})
