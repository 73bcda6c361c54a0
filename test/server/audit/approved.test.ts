import { beforeEach, describe, expect, test } from 'vitest'
import type { Identity } from '../../../src/model/identity.ts'
import type { AuditEntry } from '../../../src/model/audit-entry.ts'
import { approveAll, named, Officers, Rules, settled } from '../../operation/approval.fixture.ts'
import { Bench, createAes, identifierOf, name2, uid } from '../../operation/harness.ts'

const OPTIONAL = '<AsynchronousIndicator type="Enumeration" value="Optional"/>'
const MANDATORY = '<AsynchronousIndicator type="Enumeration" value="Mandatory"/>'

let bench: Bench
let clients: Map<string, Identity>
let id: string

beforeEach(async () => {
  clients = new Map([['alice', { id: 'alice', name: 'alice', role: 'client' }]])
  bench = await Bench.open({
    jobs: {},
    approvals: {
      rules: new Rules().set('Destroy', { isAbout: named('master-') }),
      electorate: new Officers('olga', 'oskar'),
      clientOf: (each) => clients.get(each),
    },
  })
  id = identifierOf(await bench.ask('2.1', 'Create', createAes(name2('master-1'))))
  bench.audit.lines.length = 0
})

/** What was told of Destroy since the last call: kind, result and whether there was an approval. */
function told(): readonly string[] {
  const entries = bench.audit.entries.filter(({ operation }) => operation === 'Destroy')
  bench.audit.lines.length = 0
  return entries.map(shortly)
}

function shortly({ kind, result, reason, approval }: AuditEntry): string {
  const isKnown = bench.book.list().some(({ statement }) => statement.id === approval)
  const under = isKnown ? 'its approval' : 'no approval'
  const parts = [kind, result ?? 'begun', reason, approval === undefined ? undefined : under]
  return parts.filter((each) => each !== undefined).join(' ')
}

async function ask(header = OPTIONAL): Promise<void> {
  await bench.send('2.1', [{ operation: 'Destroy', payload: uid(id) }], { header })
  await settled()
}

describe('what needs approval', () => {
  test('is told as pending, never as failed, and then as done under the approval', async () => {
    for (const header of [OPTIONAL, MANDATORY]) {
      await ask(header)
      expect(told()).toEqual(['operation pending', 'operation pending its approval'])
      if (header === MANDATORY) break
      await approveAll(bench, 'olga', 'oskar')
      expect(told()).toEqual(['intent begun its approval', 'outcome success its approval'])
      id = identifierOf(await bench.ask('2.1', 'Create', createAes(name2('master-2'))))
      bench.audit.lines.length = 0
    }
  })

  test('is told once, as failed, where its client takes no answer later', async () => {
    await ask('')
    expect(told()).toEqual(['operation failed PermissionDenied'])
  })

  test('is told as failed under the approval where the client is not what it was any more', async () => {
    await ask()
    told()
    clients.clear()
    await approveAll(bench, 'olga', 'oskar')
    expect(told()).toEqual(['operation failed PermissionDenied its approval'])
  })

  test('is told as failed in a batch that is done as a whole or not at all', async () => {
    const header = `${OPTIONAL}<BatchErrorContinuationOption type="Enumeration" value="Undo"/>`
    const items = [uid(id), uid(id)].map((payload) => ({ operation: 'Destroy', payload }) as const)
    await bench.send('2.1', items, { header })
    expect(told()[0]).toBe('operation failed PermissionDenied')
  })
})
