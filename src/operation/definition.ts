import type { KmipFault } from '../fault/fault.ts'
import type { Codec } from '../schema/codec.ts'
import type { OperationName } from '../spec/operation.ts'
import type { OperationContext } from './context.ts'
import type { PolledRequest } from './pending-request.ts'

/**
 * How long an operation takes: `slow` ones are done asynchronously for clients that take that (KMIP 1.4 section 6.7),
 * `immediate` ones never are, whatever a client wants (sections 4.27, 4.28).
 */
export type Pace = 'immediate' | 'ordinary' | 'slow'

/** Another request's answer, in the place of the operation's own. */
export type RelayedAnswer = { readonly correlation: Uint8Array } & PolledRequest

/** An operation: the shapes of its request and response, and what it does. */
export interface OperationDefinition<Request, Response> {
  readonly name: OperationName
  readonly request: Codec<Request>
  readonly response: Codec<Response>
  /** Absent: ordinary. */
  readonly pace?: Pace
  /**
   * The identifiers an answer gives to the rest of its batch (KMIP 1.4 section 4): one of them becomes the ID
   * Placeholder, none or several empty it. Absent for operations that leave the placeholder alone.
   */
  identifies?(response: Response): readonly string[]
  /** The one of several identifiers that becomes the ID Placeholder all the same (KMIP 1.4 section 4.2). */
  placeholder?(response: Response): string
  /** The fault that an answer stands for, where a refusal comes with a payload. */
  refusal?(response: Response): KmipFault | undefined
  /** For Poll: the answer that is given instead of one of its own. */
  relays?(response: Response): RelayedAnswer
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
