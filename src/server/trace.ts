import { describeBug } from '../fault/describe-bug.ts'
import { KmipFault } from '../fault/fault.ts'
import type { Log } from '../port/log.ts'
import type { Random } from '../port/random.ts'
import { operationName, type ReadItem } from './batch-item.ts'
import type { Peer } from './handler.ts'

/** What a message is known by in the log and to its client; few messages have any need of it. */
export class Trace {
  readonly #log: Log
  readonly #random: Random
  readonly #peer: Peer
  readonly #clientCorrelation: string | undefined
  #correlation: string | undefined

  constructor(log: Log, random: Random, peer: Peer, clientCorrelation: string | undefined) {
    this.#log = log
    this.#random = random
    this.#peer = peer
    this.#clientCorrelation = clientCorrelation
  }

  get correlation(): string {
    return (this.#correlation ??= this.#random.identifier())
  }

  get log(): Log {
    return this.#log.with({
      correlation: this.correlation,
      connection: this.#peer.connection,
      client: this.#peer.identity.name,
      clientCorrelation: this.#clientCorrelation,
    })
  }
}

/** Faults are written for peers; anything else stays here, and the peer learns no more than that it failed. */
export function faultOf(error: unknown, item: ReadItem, log: Log): KmipFault {
  const operation = operationName(item) ?? `0x${(item.operation ?? 0).toString(16)}`
  if (error instanceof KmipFault) {
    log.debug('operation refused', {
      operation,
      code: error.code,
      path: [...error.path],
      detail: error.detail,
    })
    return error
  }
  log.error('operation failed', { operation, ...describeBug(error) })
  return new KmipFault('INTERNAL', 'The server failed to carry out the operation', { cause: error })
}
