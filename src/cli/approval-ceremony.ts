import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { nodeCrypto } from '../adapter/crypto-node.ts'
import { codeOf } from '../adapter/data-directory.ts'
import { signAsOfficer } from '../adapter/officer-signature.ts'
import type { ApprovalView } from '../admin/approval-schema.ts'
import { hashOf, signedText, type Verdict } from '../model/approval/approval.ts'
import { CommandFailure, wrongUsage } from './failure.ts'
import { formatDate, print, printFields, printJson, printLines } from './output.ts'
import { placeOf, type Place } from './place-options.ts'
import { connectServer } from './remote-server.ts'

/** What an officer decides about. */
export interface Decision {
  readonly id: string
  readonly verdict: Verdict
}

interface DecisionOptions extends Place {
  readonly key: string
  readonly hash?: string | undefined
  readonly json: boolean
}

/**
 * Shows a request, asks whether it is meant, and sends the officer's signature over it. What is signed is what was
 * shown: its hash is taken here, and not believed.
 */
export async function decide(options: DecisionOptions, { id, verdict }: Decision): Promise<void> {
  const place = placeOf(options)
  if (typeof place === 'string') throw wrongUsage('officers decide with --server')
  const admin = await connectServer(place)
  const approval = checkedApproval(await admin['approval.show']({ id }))
  if (options.hash === undefined) await ask(approval, verdict)
  else if (options.hash !== approval.hash) {
    throw new CommandFailure('the request is not the one of that hash', {
      hint: `'kmipd approval show ${id}' shows what it is`,
    })
  }
  const key = await readKey(place.key)
  const signature = signAsOfficer(key, signedText(verdict, approval.hash))
  const decided = await admin['approval.vote']({
    id,
    verdict,
    hash: approval.hash,
    signature: Buffer.from(signature).toString('base64'),
  })
  if (options.json) printJson(decided)
  else if (verdict === 'deny') print(`denied ${approval.statement.name}, which is at its end`)
  else print(`approved: ${decided.approved} of ${approval.statement.approvers}`)
}

/** An approval whose hash is that of what it shows. Throws a `CommandFailure`. */
export function checkedApproval(approval: ApprovalView): ApprovalView {
  const digest = (bytes: Uint8Array) =>
    Buffer.from(nodeCrypto.digest('SHA_256', bytes)).toString('hex')
  if (hashOf(approval.statement, digest) === approval.hash) return approval
  throw new CommandFailure('the hash that the server gives is not that of the request it shows')
}

/** Prints what is to be approved. */
export function printApproval({ statement, hash, state, approved, votes }: ApprovalView): void {
  printLines(statement.shown)
  print('')
  printFields([
    ['approval', statement.id],
    ['state', state],
    ['approved', `${approved} of ${statement.approvers}`],
    ['asked', formatDate(Math.trunc(statement.requested))],
    ['until', formatDate(Math.trunc(statement.expires))],
    ...votes.map(({ verdict, name, at }): [string, string] => [
      verdict === 'approve' ? 'approved by' : 'denied by',
      `${name}, ${formatDate(Math.trunc(at))}`,
    ]),
    ['hash', hash],
  ])
}

async function ask(approval: ApprovalView, verdict: Verdict): Promise<void> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw wrongUsage(
      "--hash is needed where there is no terminal to ask on: 'kmipd approval show' prints it",
    )
  }
  printApproval(approval)
  const lines = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const answer = await lines.question(`Type '${verdict}' to sign: `)
    if (answer.trim() !== verdict) throw new CommandFailure('nothing was signed')
  } finally {
    lines.close()
  }
}

async function readKey(path: string): Promise<KeyObject> {
  let pem: Buffer
  try {
    pem = await readFile(path)
  } catch (cause) {
    throw new CommandFailure(`--key: ${path} cannot be read (${codeOf(cause)})`)
  }
  try {
    return createPrivateKey(pem)
  } catch {
    throw new CommandFailure(`--key: ${path} is not a private key`)
  } finally {
    pem.fill(0)
  }
}
