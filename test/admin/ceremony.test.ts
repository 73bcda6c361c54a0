import { createPublicKey, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import { approvalCalls } from '../../src/admin/approvals.ts'
import { CallApprovals } from '../../src/admin/call-approvals.ts'
import { LOCAL } from '../../src/admin/caller.ts'
import { approvalEntry } from '../../src/model/approval/approval-entry.ts'
import { auditLine } from '../../src/model/audit-entry.ts'
import { DEFAULT_APPROVAL_LIMITS, openApprovalBook } from '../../src/repository/approval-book.ts'
import { plainSealer } from '../fixtures/plain-sealer.ts'
import { ballot, person, sha256 } from './approval.fixture.ts'

const NOW = 1_700_000_000
const CEREMONIES = 100

/** A line of the audit, as somebody reads it who has nothing of kmipd's. */
interface Line {
  readonly operation: string
  readonly approval: string
  readonly client: string
  readonly detail: Readonly<Record<string, string | number>>
}

function read(line: string): Line {
  const value: unknown = JSON.parse(line)
  if (!isLine(value)) throw new TypeError('not a line of an approval')
  return value
}

function isLine(value: unknown): value is Line {
  return typeof value === 'object' && value !== null && 'approval' in value && 'detail' in value
}

/** Runs ceremonies and gives the lines of the audit that they leave. */
async function ceremonies(): Promise<readonly Line[]> {
  const lines: string[] = []
  const officers = [person('olga'), person('oskar'), person('edda')]
  const clock = { now: () => NOW }
  const book = await openApprovalBook({
    ...{ store: memoryStore(), sealer: plainSealer(), generation: 0, clock, random: nodeRandom },
    ...{ digest: sha256, limits: DEFAULT_APPROVAL_LIMITS },
    electorate: {
      isOfficer: (id) => officers.some(({ caller }) => caller.id === id),
      keysOf: () => [],
    },
  })
  book.witness = async (event) => {
    lines.push(auditLine({ ...approvalEntry(event, sha256), time: '2023-11-14T22:13:20.000Z' }))
    return Promise.resolve()
  }
  const terms = { approvers: 2, expires: 900 }
  const callApprovals = new CallApprovals({ book, ruleOf: () => terms })
  const calls = approvalCalls({ approvals: book, callApprovals, clock })
  for (let round = 0; round < CEREMONIES; round += 1) {
    const subject = { namespace: `tenant-${round}` }
    const { statement, hash } = await callApprovals.request('kek.rotate', subject, LOCAL)
    for (const place of [round, round + 1]) {
      const officer = officers[place % officers.length]
      if (officer === undefined) throw new TypeError('no officer')
      await calls['approval.vote'](ballot(officer, statement.id, hash), officer.caller)
    }
    await callApprovals.check('kek.rotate', subject, { kind: 'local', approval: statement.id })
  }
  return lines.map(read)
}

/** How many officers' signatures under a request are good; undefined where its hash is not its own. */
function checked(request: Line, votes: readonly Line[]): number | undefined {
  const { hash, kind, name, digest, shown, approvers, requested, expires, nonce } = request.detail
  const head = ['kmipd approval 1', request.approval, kind, name, request.client, digest, shown]
  const text = JSON.stringify([...head, approvers, requested, expires, nonce])
  if (sha256(Buffer.from(text)) !== hash) return undefined
  const keys = votes.flatMap(({ detail }) => {
    const der = Buffer.from(String(detail['publicKey']), 'base64')
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
    const signed = Buffer.from(`kmipd approval 1: approve ${hash}`)
    const isGood =
      detail['hash'] === hash &&
      detail['key'] === sha256(der) &&
      verify('sha256', signed, key, Buffer.from(String(detail['signature']), 'base64'))
    return isGood ? [sha256(der)] : []
  })
  return new Set(keys).size
}

test(`${CEREMONIES} ceremonies are checked from the lines of the audit alone, and altered ones found`, async () => {
  const lines = await ceremonies()
  const requests = lines.filter(({ operation }) => operation === 'approval.requested')
  const of = (id: string, operation: string) =>
    lines.filter((line) => line.approval === id && line.operation === operation)
  expect(requests).toHaveLength(CEREMONIES)
  for (const [index, request] of requests.entries()) {
    const votes = of(request.approval, 'approval.approved')
    expect(checked(request, votes)).toBe(2)
    expect(of(request.approval, 'approval.used')).toHaveLength(1)
    const others = of(requests[(index + 1) % CEREMONIES]?.approval ?? '', 'approval.approved')
    expect(checked(request, others), 'votes for another request').toBe(0)
    const altered = { ...request, detail: { ...request.detail, approvers: 1 } }
    expect(checked(altered, votes), 'an altered request').toBeUndefined()
  }
})
