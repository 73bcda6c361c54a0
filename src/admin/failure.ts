/** A call that the server refused or could not do. `message` is for people. */
export class AdminFailure extends Error {
  /** A `FaultCode`, or `UNREACHABLE` when there was no answer. */
  readonly code: string

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'AdminFailure'
    this.code = code
  }
}
