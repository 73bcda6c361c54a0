import type { DateTime } from '../schema/primitive.ts'

/** What tells a newer revocation list of an authority from an older one. */
export interface ListAge {
  readonly thisUpdate: DateTime
  /** CRL Number: lower-case hex without leading zeros. Absent where the list has none. */
  readonly number?: string
}

/** The certificates that an authority takes back (RFC 5280 section 5). */
export interface RevocationList extends ListAge {
  /** When the next list comes at the latest; absent where the list does not say. */
  readonly nextUpdate?: DateTime
  /** Serial numbers: upper-case hex without leading zeros. */
  readonly serials: ReadonlySet<string>
}

/** Where revocation lists come from. */
export interface RevocationLists {
  /** Tells one content of a file from another; undefined where there is no file that could be read. */
  stamp(path: string): Promise<string | undefined>
  /**
   * Reads the list of an authority, and checks that the authority signed it.
   *
   * @param authority - its certificate in DER
   * @throws KmipFault `UNAVAILABLE` when the file cannot be read, and `INVALID_FIELD`, each with a sentence for people
   */
  read(path: string, authority: Uint8Array): Promise<RevocationList>
}
