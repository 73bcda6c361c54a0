import { KmipFault } from '../fault/fault.ts'
import { profiledResponse, standardRequest, type ClientProfile } from '../message/client-profile.ts'
import { operationNameOf } from '../message/operation-code.ts'
import { withIdentifiers } from '../message/named-before.ts'
import { readBatchItem } from '../message/request.ts'
import type { RequestBatchItem } from '../message/batch-item.ts'
import type { OperationContext } from '../operation/context.ts'
import type { AnyOperation, RelayedAnswer } from '../operation/definition.ts'
import { OPERATIONS } from '../operation/index.ts'
import { compile } from '../schema/codec.ts'
import type { Version } from '../schema/version.ts'
import type { OperationName } from '../spec/operation.ts'
import { Tag } from '../spec/tag.ts'
import { ItemType, type Item } from '../ttlv/item.ts'
import type { ApprovalNeed } from './approval-guard.ts'
import type { ItemAudit } from './audit/item-audit.ts'

/** A batch item as far as it could be understood. */
export interface ReadItem {
  /** Number of the operation, known or not; absent when there is none to read. */
  readonly operation?: number
  readonly uniqueBatchItemID?: Uint8Array | undefined
  /** The operation, where the server has it in this version. */
  readonly definition?: AnyOperation | undefined
  readonly payload?: Item
  readonly hasCriticalExtension: boolean
  /** In its batch, first 0. */
  readonly place: number
  /** Why the item cannot be carried out. */
  readonly fault?: KmipFault | undefined
}

/** What a batch item has led to. */
export interface ItemOutcome {
  readonly payload?: Item
  readonly fault?: KmipFault | undefined
  /** Given to the batch items behind. */
  readonly identifiers?: readonly string[] | undefined
  /** Which of several identifiers is the ID Placeholder. */
  readonly placeholder?: string | undefined
  /** Done, and undone again. */
  readonly isUndone?: boolean
  /** The Asynchronous Correlation Value of what is still to be done. */
  readonly pending?: Uint8Array
  /** The operation whose answer it is, where that is not the one that was asked for. */
  readonly of?: { readonly operation?: number; readonly name?: OperationName }
  /** It has failed for want of approval, and may be done once it is approved. */
  readonly stopped?: StoppedItem | undefined
  /** To be called where the payload is too large to be given. */
  readonly dropped?: () => void
}

/** A batch item that was stopped for want of approval. */
export interface StoppedItem {
  readonly need: ApprovalNeed
  /** Its end has not been told of: that it has failed, or has to wait. */
  readonly entry: ItemAudit
}

const definitions: Partial<Record<string, AnyOperation>> = OPERATIONS

/** The operation of a number; undefined when the server does not have it for the version's dialect. */
function operationOf(code: number, version: Version): AnyOperation | undefined {
  const name = operationNameOf(code, version)
  return name === undefined ? undefined : definitions[name]
}

/** The name of an operation that was understood, for errors and the log. */
export function operationName({ definition }: ReadItem): OperationName | undefined {
  return definition?.name
}

/** Reads a batch item; whatever is wrong with it becomes its own fault. */
export function readItem(item: Item, version: Version, place = 0): ReadItem {
  try {
    return understand(readBatchItem(item, version), version, place)
  } catch (error) {
    if (!(error instanceof KmipFault)) throw error
    return { ...identify(item), hasCriticalExtension: false, place, fault: error }
  }
}

function understand(read: RequestBatchItem, version: Version, place: number): ReadItem {
  const { operation, uniqueBatchItemID, payload, extensions } = read
  const definition = operationOf(operation, version)
  const hasCriticalExtension = extensions.some(({ critical }) => critical)
  const fault = definition === undefined ? unsupported() : undefined
  return { operation, uniqueBatchItemID, definition, payload, hasCriticalExtension, place, fault }
}

/** What can still be said of a batch item that is malformed: clients want their operation and identifier back. */
function identify(item: Item): Pick<ReadItem, 'operation' | 'uniqueBatchItemID'> {
  const children = item.type === ItemType.Structure ? item.value : []
  const operation = children.find(({ tag }) => tag === Tag.Operation.number)
  const id = children.find(({ tag }) => tag === Tag.UniqueBatchItemID.number)
  return {
    ...(operation?.type === ItemType.Enumeration ? { operation: operation.value } : {}),
    ...(id?.type === ItemType.ByteString ? { uniqueBatchItemID: id.value } : {}),
  }
}

/** How the client of a batch item speaks. */
export interface ItemDialect {
  readonly version: Version
  /** Absent for the many clients that need nothing else than the standard. */
  readonly profile?: ClientProfile | undefined
}

/** Carries out one batch item. Throws the operation's fault. */
export async function performItem(
  { definition, payload, fault }: ReadItem,
  context: OperationContext,
  { version, profile }: ItemDialect,
): Promise<ItemOutcome> {
  if (fault !== undefined) throw fault
  if (definition === undefined || payload === undefined) throw unsupported()
  const named = withIdentifiers(payload, version, (reference) => context.resolve(reference))
  const asked = profile === undefined ? named : standardRequest(profile, definition.name, named)
  const request = compile(definition.request, version).decode(asked)
  const response = await definition.handle(request, context)
  if (definition.relays !== undefined) return relayedOutcome(definition.relays(response))
  const refusal = definition.refusal?.(response)
  const identifiers = definition.identifies?.(response)
  const placeholder = definition.placeholder?.(response)
  const answer = compile(definition.response, version).encode(Tag.ResponsePayload.number, response)
  const exchange = { operation: definition.name, request: asked, response: answer }
  return {
    payload: profile === undefined ? answer : profiledResponse(profile, exchange, version),
    fault: refusal,
    identifiers,
    placeholder,
  }
}

/** What is answered to an operation that the server does not have, or not for the version of its message. */
export function unsupported(): KmipFault {
  return new KmipFault('UNSUPPORTED_OPERATION', 'The operation is not supported')
}

function relayedOutcome(answer: RelayedAnswer): ItemOutcome {
  if (answer.state === 'pending') return { pending: answer.correlation }
  const { operation, name, payload, fault, isUndone } = answer
  return {
    of: {
      ...(operation === undefined ? {} : { operation }),
      ...(name === undefined ? {} : { name }),
    },
    ...(payload === undefined ? {} : { payload }),
    ...(isUndone === undefined ? {} : { isUndone }),
    fault,
  }
}
