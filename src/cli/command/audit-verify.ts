import type { AuditReport } from '../../adapter/audit-log/verify.ts'
import { auditPlaceOptions } from '../audit-place.ts'
import { defineCommand, type Given } from '../define-command.ts'
import { CommandFailure, wrongUsage } from '../failure.ts'
import { jsonOption, textOption } from '../option.ts'
import { print, printJson, printTable } from '../output.ts'

const OPTIONS = {
  ...auditPlaceOptions,
  key: textOption('key', 'public key of the log (PEM) [default: key.pem beside it]'),
  checkpoint: textOption(
    'checkpoint',
    'file of checkpoints that were kept elsewhere: the log must go on from each',
  ),
  archive: textOption('archive', 'directory with the files that were moved out of the log'),
  proof: textOption('proof', "check a proof of 'audit prove' instead, with the key alone"),
  json: jsonOption,
} as const

/** `kmipd audit verify` */
export const auditVerifyCommand = defineCommand({
  command: 'verify',
  describe: 'Hold an audit log, or a proof of one entry, against its signed checkpoints',
  options: OPTIONS,
  example: [
    '$0 audit verify --data ./data --key ./audit-key.pem',
    'with the public key that was put away, beside a running server or without one',
  ],
  async run(options) {
    if (options.proof === undefined) await verifyLog(options)
    else await verifyProof(options, options.proof)
  },
})

async function verifyLog(options: Given<typeof OPTIONS>): Promise<void> {
  const { auditPlace, readAuditKey } = await import('../audit-place.ts')
  const { readKeptNotes, verifyAudit } = await import('../../adapter/audit-log/verify.ts')
  const { checkpoint, json } = options
  const directory = auditPlace(options)
  const key = readAuditKey(options.key, directory)
  const kept = checkpoint === undefined ? [] : readKeptNotes(checkpoint, key)
  const report = verifyAudit({ directory, key, kept, archive: options.archive, now: Date.now() })
  const { finding } = report
  if (json) printJson(report)
  else if (finding === undefined) print(sentenceOf(report))
  else {
    const { index, file, line, problem } = finding
    printTable(['entry', 'file', 'line', 'problem'], [[String(index), file, String(line), problem]])
  }
  if (finding !== undefined) throw new CommandFailure('the audit log is not as it was written')
}

function sentenceOf({ entries, checkpoints, moved, unproven }: AuditReport): string {
  const rest = unproven === 0 ? '' : `, the last ${unproven} not under a checkpoint yet`
  const away = moved === 0 ? '' : `, of the first ${moved}, which were moved away, the hashes`
  return `${entries} entries under ${checkpoints} checkpoints: all as written${away}${rest}`
}

async function verifyProof(options: Given<typeof OPTIONS>, path: string): Promise<void> {
  const { auditPlace, readAuditKey, readText } = await import('../audit-place.ts')
  const { noteOf, problemOfProof, readProof } = await import('../../adapter/audit-log/prove.ts')
  const { key: file, data, directory } = options
  if (file === undefined && data === undefined && directory === undefined) {
    throw wrongUsage('give --key with the public key of the log, or --data or --directory')
  }
  const key = readAuditKey(file, file === undefined ? auditPlace(options) : '')
  const proof = readProof(readText(path))
  if (proof === undefined) throw new CommandFailure(`${path} holds no proof`)
  const problem = problemOfProof(proof, key)
  if (problem !== undefined) throw new CommandFailure(`the proof does not hold: ${problem}`)
  const { index, entry } = proof
  const { origin, size } = noteOf(proof) ?? {}
  if (options.json) printJson({ index, entry, origin, size })
  else print(`entry ${index} of ${origin} is ${entry}`)
}
