import { beforeEach, describe, expect, test } from 'vitest'
import { backupSubject } from '../../src/admin/call-subject.ts'
import { CallApprovals } from '../../src/admin/call-approvals.ts'
import { LOCAL } from '../../src/admin/caller.ts'
import { BACKUP_CALL, type BackupRequest } from '../../src/admin/schema.ts'
import type { ApprovalBook } from '../../src/repository/approval-book.ts'
import { anyOfficersBook, ballot, person } from './approval.fixture.ts'

const olga = person('olga')
const oskar = person('oskar', 'operator').caller
let book: ApprovalBook
let approvals: CallApprovals

beforeEach(async () => {
  book = await anyOfficersBook({ now: () => 1_800_000_000 })
  approvals = new CallApprovals({ book, ruleOf: () => ({ approvers: 1, expires: 900 }) })
})

const sharesOf = (threshold: number, parts: number, setId = 'AAAAAAAAAAA='): BackupRequest =>
  BACKUP_CALL.request.parse({ shares: { setId, threshold, parts } })

/** What officers are shown of a backup that is asked for. */
async function shown(request: BackupRequest): Promise<readonly string[]> {
  const { statement } = await approvals.request('backup.create', backupSubject(request), oskar)
  return statement.shown
}

describe('the approval of a backup', () => {
  test('shows that a backup without shares is opened by the root alone', async () => {
    expect(await shown({})).toEqual([
      'call backup.create',
      'asked by oskar (oskar)',
      'goes to: whoever asks',
      'opened by: the root of trust of the store alone',
    ])
  })

  test('shows how many of how many shares open it, and who gets them', async () => {
    expect(await shown(sharesOf(2, 5))).toEqual([
      'call backup.create',
      'asked by oskar (oskar)',
      'goes to: whoever asks, with every share',
      'opened by: the root of trust of the store, or any 2 of 5 shares without it',
      'threshold: 2',
      'parts: 5',
    ])
  })

  test.each([
    ['with fewer shares', sharesOf(2, 4), 'NOT_PERMITTED'],
    ['that fewer shares open', sharesOf(3, 5), 'NOT_PERMITTED'],
    ['that no shares open', {}, 'NOT_PERMITTED'],
    ['of another set, as each attempt makes', sharesOf(2, 5, 'BAAAAAAAAAA='), undefined],
  ])('given for 2 of 5 shares, meets a backup %s', async (_, request, code) => {
    const { hash, statement } = await approvals.request(
      'backup.create',
      backupSubject(sharesOf(2, 5)),
      LOCAL,
    )
    const { signature } = ballot(olga, statement.id, hash)
    const { id, name, key, publicKey } = olga.caller
    await book.vote(statement.id, {
      ...{ verdict: 'approve', id, name, key, signature, at: 1_800_000_000 },
      publicKey: Buffer.from(publicKey).toString('base64'),
    })
    const by = { kind: 'local', approval: statement.id } as const
    const made = approvals.check('backup.create', backupSubject(request), by)
    await (code === undefined
      ? expect(made).resolves.toBeUndefined()
      : expect(made).rejects.toMatchObject({ code }))
  })
})
