import { describe, expect, test } from 'vitest'
import { stillWanted } from '../../src/client/still-wanted.ts'
import { keyIn } from '../model/sample.ts'

const after = keyIn('Active')
const request = {
  operation: 'Notify',
  payload: { uniqueIdentifier: after.uniqueIdentifier, attributes: [], deleted: [] },
} as const

function asked(answers: readonly boolean[]) {
  const told: string[] = []
  let attempt = 0
  const stored = {
    ...{ object: after, place: after.uniqueIdentifier, version: 1 },
    ...{ revision: 1n, sequence: 1n, bytes: 0 },
  }
  const isWanted = stillWanted(
    {
      objects: { read: async () => Promise.resolve(stored) },
      permits: () => () => answers[attempt++] === true,
      dropped: (_client, _request, reason) => void told.push(reason),
    },
    { after },
    request,
  )
  return { told, isWanted }
}

describe('what waits to be told, and may not be any more', () => {
  test('is on record as not sent where it never was to be', async () => {
    const { told, isWanted } = asked([false])
    expect([await isWanted(), told]).toEqual([false, ['PermissionDenied']])
  })

  test('is not on record as not sent after an attempt that may have reached the client', async () => {
    const { told, isWanted } = asked([true, false])
    expect([await isWanted(), await isWanted(), told]).toEqual([true, false, []])
  })
})
