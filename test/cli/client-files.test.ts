import { createPrivateKey, createPublicKey } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AdminFailure } from '../../src/admin/failure.ts'
import { planClientFiles, writeClientFiles } from '../../src/cli/client-files.ts'
import { CommandFailure } from '../../src/cli/failure.ts'
import { KmipFault } from '../../src/fault/fault.ts'

let home: string
let out: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kmipd-files-'))
  out = join(home, 'web')
})
afterEach(() => {
  rmSync(home, { recursive: true })
})

const plan = async (isApproved = false) =>
  planClientFiles({ authority: join(home, 'none.crt'), out, name: 'web', isApproved })

const added = {
  ...{ id: 'id', name: 'web', role: 'user', notAfter: 1 },
  ...{ certificate: 'the certificate', authority: 'the authority' },
}

/** Public keys that a certificate was asked for with. */
async function asked(answer: () => Promise<typeof added>, isApproved?: boolean): Promise<string> {
  let sent = ''
  await writeClientFiles(await plan(isApproved), async (publicKey) => {
    sent = publicKey
    return answer()
  }).catch((error: unknown) => {
    if (!(error instanceof CommandFailure)) throw error
  })
  return sent
}

const keyFile = () => join(out, 'web.key')
const publicHalf = () =>
  createPublicKey(createPrivateKey(readFileSync(keyFile())))
    .export({ format: 'der', type: 'spki' })
    .toString('base64')

test.each<[string, () => Error]>([
  ['with a server', () => new AdminFailure('APPROVAL_NEEDED', 'asked for as 1')],
  ['without one', () => new KmipFault('APPROVAL_NEEDED', 'asked for as 1')],
])(
  'the key that officers are asked about is the one of the certificate, %s',
  async (_, refusal) => {
    const first = await asked(async () => Promise.reject(refusal()))
    expect(readdirSync(out)).toEqual(['web.key'])
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600)
    expect(publicHalf()).toBe(first)
    const early = new AdminFailure('NOT_PERMITTED', 'not yet')
    await expect(asked(async () => Promise.reject(early), true)).rejects.toBe(early)
    const second = await asked(async () => Promise.resolve(added), true)
    expect(second).toBe(first)
    expect(readdirSync(out).sort()).toEqual(['ca.crt', 'web.crt', 'web.key'])
  },
)

test('what fails otherwise leaves no key', async () => {
  const refusal = new AdminFailure('NAME_TAKEN', 'taken')
  await expect(asked(async () => Promise.reject(refusal))).rejects.toBe(refusal)
  expect(readdirSync(home)).toEqual([])
})

test('a key that is there is not taken without an approval, and no other file as one', async () => {
  await asked(async () => Promise.reject(new AdminFailure('APPROVAL_NEEDED', 'asked')))
  await expect(plan()).rejects.toThrow(/exists already/)
  writeFileSync(keyFile(), 'mine')
  const unread = writeClientFiles(await plan(true), async () => Promise.resolve(added))
  await expect(unread).rejects.toThrow(/web\.key is not a private key/)
  expect(readFileSync(keyFile(), 'latin1')).toBe('mine')
})
