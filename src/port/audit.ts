export type { AuditKind, AuditResult } from '../model/audit-entry.ts'

/** Where entries go. They are in the order in which they were appended, for good. */
export interface AuditLog {
  /**
   * Takes in an entry, and returns at once. What was taken in is written, if need be as soon as that is possible again:
   * nobody has to append it a second time, whatever {@link written} says, unless the process ends before.
   *
   * @param line - JSON, in UTF-8 where it is bytes, without a line break; it is read before the next turn of the event loop
   * @throws KmipFault `UNAVAILABLE` while entries cannot be written
   */
  append(line: Uint8Array | string): void
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
