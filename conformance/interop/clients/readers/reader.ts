import type { Field } from '../wire/field.ts'

/** Where bytes come from, one TLS record after the other. */
export interface Source {
  /** One read, as `SSL_read` does it: of at most that many bytes, and never of two records. */
  read(most: number): Promise<Buffer>
  /** All that is left of the next record. */
  record(): Promise<Buffer>
  /** Whether something is there that nobody has read. */
  readonly hasMore: boolean
}

/** How a client takes its answers in. */
export interface Reader {
  /**
   * Takes one answer off the connection.
   *
   * @throws ReaderError when the client would give up
   */
  receive(source: Source): Promise<Buffer>
  /**
   * Reads the answer as the client does.
   *
   * @throws ReaderError when the client would give up
   */
  check(message: Field): void
}
