import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { signAsOfficer } from '../../src/adapter/officer-signature.ts'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import type { AdminCaller } from '../../src/admin/caller.ts'
import type { Clock } from '../../src/port/clock.ts'
import {
  DEFAULT_APPROVAL_LIMITS,
  openApprovalBook,
  type ApprovalBook,
} from '../../src/repository/approval-book.ts'
import { plainSealer } from '../fixtures/plain-sealer.ts'
import { signedText, type Verdict } from '../../src/model/approval/approval.ts'

/** Approvals that whoever votes is an officer for. */
export async function anyOfficersBook(clock: Clock): Promise<ApprovalBook> {
  return openApprovalBook({
    ...{ store: memoryStore(), sealer: plainSealer(), generation: 0 },
    ...{ clock, random: nodeRandom, digest: sha256, limits: DEFAULT_APPROVAL_LIMITS },
    electorate: { isOfficer: () => true, keysOf: () => [] },
  })
}

export type OfficerKind = 'P-256' | 'RSA-2048' | 'Ed25519'

/** A client of the admin API with a key of its own. */
export interface Person {
  readonly caller: Extract<AdminCaller, { kind: 'client' }>
  readonly key: KeyObject
}

export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex')

export function person(name: string, role = 'crypto-officer', kind: OfficerKind = 'P-256'): Person {
  const { publicKey, privateKey } = pairOf(kind)
  const spki = Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' }))
  return {
    key: privateKey,
    caller: {
      kind: 'client',
      id: name,
      name,
      role,
      key: sha256(spki),
      publicKey: spki,
      address: undefined,
    },
  }
}

function pairOf(kind: OfficerKind) {
  if (kind === 'RSA-2048') return generateKeyPairSync('rsa', { modulusLength: 2048 })
  if (kind === 'Ed25519') return generateKeyPairSync('ed25519')
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

/** What an officer sends. */
export function ballot({ key }: Person, id: string, hash: string, verdict: Verdict = 'approve') {
  const signature = Buffer.from(signAsOfficer(key, signedText(verdict, hash))).toString('base64')
  return { id, hash, verdict, signature }
}
