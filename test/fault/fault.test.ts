import { describe, expect, test } from 'vitest'
import { KmipFault } from '../../src/fault/fault.ts'

describe('a fault', () => {
  test('carries its code and the sentence for the peer', () => {
    const fault = new KmipFault('OBJECT_NOT_FOUND', 'There is no such object')
    expect(fault).toBeInstanceOf(Error)
    expect(fault).toMatchObject({
      name: 'KmipFault',
      code: 'OBJECT_NOT_FOUND',
      message: 'There is no such object',
      detail: undefined,
      path: [],
    })
    expect('cause' in fault).toBe(false)
  })

  test('keeps what is for the log apart from the sentence for the peer', () => {
    const cause = new Error('disk full')
    const fault = new KmipFault('UNAVAILABLE', 'Try again', { detail: 'batch 7', cause })
    expect(fault).toMatchObject({ message: 'Try again', detail: 'batch 7', cause })
  })

  test('learns its path from the inside out, and nothing else of it changes', () => {
    const cause = new Error('underneath')
    const inner = new KmipFault('INVALID_FIELD', 'A date lies out of range', {
      detail: 'offset 12',
      cause,
    })
    const outer = inner.within('ActivationDate').within('Attributes')
    expect(outer).toMatchObject({
      code: 'INVALID_FIELD',
      message: 'A date lies out of range',
      detail: 'offset 12',
      cause,
      path: ['Attributes', 'ActivationDate'],
    })
    expect(inner.path).toEqual([])
  })

  test('without detail or cause stays without them further out', () => {
    const outer = new KmipFault('CONFLICT', 'Try again').within('Name')
    expect(outer.detail).toBeUndefined()
    expect('cause' in outer).toBe(false)
  })
})
