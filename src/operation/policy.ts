/** What the standard leaves to the server's policy. */
export interface Policy {
  /** Lease Time of objects, in seconds (KMIP 1.4 section 3.20). */
  readonly leaseTime: number
  /** Unique Identifiers in one answer to Locate, whatever Maximum Items says. */
  readonly locateItems: number
  /** What becomes of the seeds that clients give (KMIP 1.4 section 4.36). */
  readonly rngSeed: 'use' | 'use-part' | 'ignore' | 'refuse'
  /** Parts that one key may be split into, and that may be joined. */
  readonly splitKeyParts: number
  /** Vendor Identification in the answer to Query. */
  readonly vendorIdentification: string
}

export const DEFAULT_POLICY: Policy = {
  leaseTime: 3_600,
  locateItems: 1_000,
  rngSeed: 'use',
  splitKeyParts: 32,
  vendorIdentification: 'kmipd',
}
