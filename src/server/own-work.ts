import type { OperationContext } from '../operation/context.ts'
import type { OperationName } from '../spec/operation.ts'
import { asFault } from './audit/as-fault.ts'
import type { BatchEnvironment } from './batch-environment.ts'
import { BatchReferences } from './batch-references.ts'
import { contextOf, keptResults } from './item-context.ts'
import { BatchItemRun } from './item-run.ts'
import { withRetries } from './retries.ts'

/** What the audit tells of work of the server's own. */
export interface OwnWork {
  /** The operation that it stands for. */
  readonly operation: OperationName
  readonly uniqueIdentifier: string
  /** Why it is done. */
  readonly rule: string
}

/**
 * Does what the server does of its own accord with the objects of a client, by the rules for a batch item of that
 * client, and gives the identifiers of what came of it. Throws what the work throws, `CONFLICT`, and `UNAVAILABLE` where it
 * cannot be told.
 */
export async function performOwn(
  environment: BatchEnvironment,
  { operation, uniqueIdentifier, rule }: OwnWork,
  work: (context: OperationContext) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const run = new BatchItemRun(false)
  const references = new BatchReferences()
  const once = keptResults(environment)
  const permission = environment.permissions.of(environment.identity)
  const { audit, version } = environment
  const entry = audit.item(0, operation, version)
  entry.name(uniqueIdentifier)
  entry.rule = rule
  const setting = { run, references, once, allowance: undefined, permission, entry }
  try {
    const identifiers = await withRetries(environment, {
      // Whose permission it is decides alone: no operation of KMIP was asked for.
      work: async (unit) => work(contextOf('Process', { unit, ...setting }, environment)),
      store: async (made, commit) => entry.commit({ identifiers: made }, commit),
    })
    run.settle(true)
    // What was not due any more is nothing that happened.
    if (identifiers.length > 0) entry.end({ identifiers })
    return identifiers
  } catch (error) {
    run.settle(false)
    entry.end({ fault: asFault(error) })
    throw error
  } finally {
    once.destroy()
    await audit.written()
  }
}
