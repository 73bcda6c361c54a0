import type { OperationContext } from '../operation/context.ts'
import type { BatchEnvironment } from './batch-environment.ts'
import { BatchReferences } from './batch-references.ts'
import { contextOf, keptResults } from './item-context.ts'
import { BatchItemRun } from './item-run.ts'
import { withRetries } from './retries.ts'

/**
 * Does what the server does of its own accord with the objects of a client, by the rules for a batch item of that
 * client. Throws what the work throws, and `CONFLICT`.
 */
export async function performOwn<T>(
  environment: BatchEnvironment,
  work: (context: OperationContext) => Promise<T>,
): Promise<T> {
  const run = new BatchItemRun(false)
  const references = new BatchReferences()
  const once = keptResults(environment)
  const permission = environment.permissions.of(environment.identity)
  try {
    const result = await withRetries(environment, async (unit) =>
      // Whose permission it is decides alone: no operation of KMIP was asked for.
      work(
        contextOf(
          'Process',
          { unit, run, references, once, allowance: undefined, permission },
          environment,
        ),
      ),
    )
    run.settle(true)
    return result
  } catch (error) {
    run.settle(false)
    throw error
  } finally {
    once.destroy()
  }
}
