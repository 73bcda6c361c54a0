import { createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AUDIT_ENTRY } from '../../../src/adapter/audit-log/directory.ts'
import { EntryReader } from '../../../src/adapter/audit-log/entry-reader.ts'
import { verifyAudit } from '../../../src/adapter/audit-log/verify.ts'
import { pathIn } from '../../../src/adapter/data-directory.ts'
import type { Core } from '../../../src/cli/core.ts'
import { readAuditLine } from '../../../src/model/audit-entry.ts'
import type { Progress } from './inspection.ts'
import { TOLD_STEP } from './workload.ts'

/**
 * Looks whether the audit tells of each step that was acknowledged exactly once, of no step beyond the one that was under
 * way, of no outcome without an intent before it, and proves itself.
 *
 * @returns what is not so, a sentence each
 */
export function auditProblemsOf({ directory }: Core, progress: readonly Progress[]): string[] {
  const place = pathIn(directory, 'audit')
  const told = toldIn(place)
  const problems = [...told.problems]
  for (const { writer, acknowledged } of progress) {
    for (let step = 0; step < acknowledged; step += 1) {
      if (!told.outcomes.has(`${writer.name} ${step}`))
        problems.push(`${writer.name} ${step} is not told`)
    }
    const beyond = `${writer.name} ${acknowledged + 1}`
    if (told.intents.has(beyond)) problems.push(`${beyond} is told, and was never asked for`)
  }
  const key = createPublicKey(readFileSync(join(place, AUDIT_ENTRY.key)))
  const { finding } = verifyAudit({ directory: place, key })
  if (finding !== undefined) problems.push(`entry ${finding.index}: ${finding.problem}`)
  return problems
}

function toldIn(place: string) {
  const intents = new Set<string>()
  const outcomes = new Set<string>()
  const problems: string[] = []
  for (const { text } of new EntryReader(place, 0).read()) {
    const entry = readAuditLine(text)
    if (entry?.operation !== TOLD_STEP) continue
    const step = `${entry.name} ${entry.op}`
    const seen = entry.kind === 'intent' ? intents : outcomes
    if (seen.has(step)) problems.push(`the ${entry.kind} of ${step} is told twice`)
    if (entry.kind === 'outcome' && !intents.has(step)) problems.push(`${step} has no intent`)
    seen.add(step)
  }
  return { intents, outcomes, problems }
}
