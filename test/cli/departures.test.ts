import { expect, test } from 'vitest'
import { departuresOf } from '../../src/cli/departures.ts'
import type { Services } from '../../src/operation/context.ts'
import type { Client } from '../../src/repository/client-record.ts'

const client = (id: string, isSuspended?: boolean): Client => {
  const base = { id, name: id, role: 'user', keys: [], added: 0 }
  return isSuspended === undefined ? base : { ...base, isSuspended }
}

test('what is under way ends for clients that were removed or suspended, and for no other', () => {
  const known = new Map([
    ['here', client('here')],
    ['resumed', client('resumed', false)],
  ])
  known.set('held', client('held', true))
  const ended: string[] = []
  const endOf = (kind: string) => (isGone: (id: string) => boolean) => {
    for (const id of ['here', 'resumed', 'held', 'gone'])
      if (isGone(id)) ended.push(`${kind} ${id}`)
  }
  const services = {
    streams: { endOf: endOf('stream') },
    cryptoki: { endOf: endOf('application') },
  } as unknown as Services
  const clients = { find: (id: string) => known.get(id) }
  departuresOf({ clients } as Parameters<typeof departuresOf>[0], {
    jobs: undefined,
    services,
  }).sweep()
  expect(ended).toEqual(['application held', 'application gone', 'stream held', 'stream gone'])
})
