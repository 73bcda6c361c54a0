import type { FaultCode } from './fault-code.ts'

/** What a fault carries beside its code. */
export interface FaultOptions {
  /** For the log alone: never sent to a peer, and never a secret. */
  readonly detail?: string
  /** The error underneath, for the log alone. */
  readonly cause?: unknown
  /** Where in the message it was found, outermost first. */
  readonly path?: readonly string[]
}

/**
 * The one error that the core throws on purpose. `message` is written for the peer and goes on the wire; anything
 * thrown that is not a `KmipFault` is answered with General Failure and a fixed sentence.
 */
export class KmipFault extends Error {
  readonly code: FaultCode
  readonly detail: string | undefined
  readonly path: readonly string[]

  constructor(code: FaultCode, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'KmipFault'
    this.code = code
    this.detail = options.detail
    this.path = options.path ?? []
  }

  /** The same fault, found one level further out. */
  within(name: string): KmipFault {
    return new KmipFault(this.code, this.message, {
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      ...(this.cause === undefined ? {} : { cause: this.cause }),
      path: [name, ...this.path],
    })
  }
}
