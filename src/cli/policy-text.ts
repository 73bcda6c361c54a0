import { readFile, stat } from 'node:fs/promises'
import { codeOf } from '../adapter/data-directory.ts'
import type { PolicyCounts } from '../config/policy-schema.ts'
import { CommandFailure } from './failure.ts'

const LONGEST = 1_048_576

/** Reads a policy file. Throws a `CommandFailure` for one that cannot be read, or is too long. */
export async function readPolicyFile(path: string): Promise<string> {
  let bytes: Uint8Array
  try {
    const { size } = await stat(path)
    if (size > LONGEST) throw new CommandFailure(`${path} is longer than ${LONGEST} bytes`)
    bytes = await readFile(path)
  } catch (cause) {
    if (cause instanceof CommandFailure) throw cause
    throw new CommandFailure(`${path} cannot be read (${codeOf(cause)})`)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new CommandFailure(`${path} is not UTF-8`)
  }
}

/** How much a policy says, in words. */
export function describePolicy(counts: PolicyCounts): string {
  const { roles, namespaces, operationPolicies, statements, approvals } = counts
  return [
    `${statements} statements`,
    `${approvals} approvals`,
    `${roles} roles`,
    `${namespaces} namespaces`,
    `${operationPolicies} operation policies`,
  ].join(', ')
}
