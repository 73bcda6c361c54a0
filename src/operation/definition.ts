import type { KmipFault } from '../fault/fault.ts'
import type { Codec } from '../schema/codec.ts'
import type { OperationName } from '../spec/operation.ts'
import type { OperationContext } from './context.ts'

/** An operation: the shapes of its request and response, and what it does. */
export interface OperationDefinition<Request, Response> {
  readonly name: OperationName
  readonly request: Codec<Request>
  readonly response: Codec<Response>
  /**
   * The identifiers an answer gives to the rest of its batch (KMIP 1.4 section 4): one of them becomes the ID
   * Placeholder, none or several empty it. Absent for operations that leave the placeholder alone.
   */
  identifies?(response: Response): readonly string[]
  /** The one of several identifiers that becomes the ID Placeholder all the same (KMIP 1.4 section 4.2). */
  placeholder?(response: Response): string
  /** The fault that an answer stands for, where a refusal comes with a payload. */
  refusal?(response: Response): KmipFault | undefined
  handle(request: Request, context: OperationContext): Promise<Response>
}

/** Any operation, as the dispatcher sees it. */
export type AnyOperation = OperationDefinition<unknown, unknown>

/** Checks an operation's parts against one another. */
export function defineOperation<Request, Response>(
  name: OperationName,
  definition: Omit<OperationDefinition<Request, Response>, 'name'>,
): OperationDefinition<Request, Response> {
  return { name, ...definition }
}
