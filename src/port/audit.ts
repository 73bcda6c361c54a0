/** How an operation, or a call of the admin API, ended. */
export type AuditResult = 'success' | 'failed' | 'pending' | 'undone' | 'unknown'

/**
 * What an entry tells of:
 *
 * - `intent`: something is about to be changed;
 * - `outcome`: how that ended;
 * - `operation`: something that changed nothing, with how it ended, in one entry;
 * - `event`: what happened to the server or came from whoever runs it.
 */
export type AuditKind = 'intent' | 'outcome' | 'operation' | 'event'

/** Where entries go. They are in the order in which they were appended, for good. */
export interface AuditLog {
  /**
   * Takes in an entry, and returns at once.
   *
   * @param line - JSON in UTF-8 without a line break; it is read before the next turn of the event loop
   * @throws KmipFault `UNAVAILABLE` while entries cannot be written
   */
  append(line: Uint8Array): void
  /**
   * Resolves once all that was appended so far outlives the process.
   *
   * @throws KmipFault `UNAVAILABLE` when it could not be written
   */
  written(): Promise<void>
  /**
   * Resolves once all that was appended so far outlives the machine.
   *
   * @throws KmipFault `UNAVAILABLE` when it could not be written
   */
  synced(): Promise<void>
}
