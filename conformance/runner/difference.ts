/** One way in which an answer is not the one that the file shows. */
export interface Difference {
  readonly kind: 'value' | 'type' | 'missing' | 'extra' | 'order' | 'rule'
  /** Names from the message down, as in `ResponseMessage/BatchItem[1]/ResponsePayload/UniqueIdentifier`. */
  readonly path: string
  readonly expected: string
  readonly got: string
}
