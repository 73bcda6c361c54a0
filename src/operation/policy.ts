import type { UsageRules } from '../model/usage-safety.ts'
import type { QueryStatements } from './query-statements.ts'

/** What the standard leaves to the server's policy. */
export interface Policy extends UsageRules {
  /** Lease Time of objects, in seconds (KMIP 1.4 section 3.20). */
  readonly leaseTime: number
  /** Unique Identifiers in one answer to Locate, whatever Maximum Items says. */
  readonly locateItems: number
  /** What becomes of the seeds that clients give (KMIP 1.4 section 4.36). */
  readonly rngSeed: 'use' | 'use-part' | 'ignore' | 'refuse'
  /** Parts that one key may be split into, and that may be joined. */
  readonly splitKeyParts: number
  /**
   * Whether a key without Cryptographic Parameters may wrap with those of the request; KMIP 1.4 section 2.1.6 would
   * have it refused, and clients are known whose wrapping keys have none.
   */
  readonly wrapWithoutParameters: boolean
  /**
   * Whether a Key Value that is wrapped without encoding is given inside the structure. The standard has it a byte
   * string (KMIP 1.4 section 2.1.4), which clients built on PyKMIP cannot read.
   */
  readonly wrapInsideStructure: boolean
  /** Whether GCM, CCM and ChaCha20-Poly1305 may have tags under 96 bits. */
  readonly shortTags: boolean
  /** Whether the IV of GCM may have another length than 96 bits. */
  readonly anyGcmIv: boolean
  /** Application Namespaces that the server makes up Application Data for (KMIP 1.4 section 3.36). */
  readonly applicationNamespaces: readonly string[]
  /** What Query is answered with instead of what the server knows of itself. */
  readonly query: QueryStatements
  /** What Get gives of a one-time pad: its Key Block without the bytes, or an error. */
  readonly getOneTimePad: 'withhold' | 'refuse'
  /** Iterations of PBKDF2 for one key, over all the blocks that it takes. */
  readonly derivationIterations: number
  /** Whether Interop is there, which erases what clients have (KMIP 2.1 section 6.1.26). */
  readonly interop: boolean
  /**
   * RSA and DSA pairs and derivations by PBKDF2 that one client may have under way; they are made one after the other.
   */
  readonly slowWorkPerClient: number
  /** Whether keys of new objects are kept in the token: none, those for which it is asked, or all that it can have. */
  readonly residentKeys: 'never' | 'asked' | 'always'
  /** Whether sensitive keys leave under any wrapping key, or under those alone that are trusted. */
  readonly wrapping: 'any' | 'trusted'
  /** Vendor Identification in the answer to Query. */
  readonly vendorIdentification: string
}

export const DEFAULT_POLICY: Policy = {
  leaseTime: 3_600,
  locateItems: 1_000,
  rngSeed: 'use',
  splitKeyParts: 32,
  wrapWithoutParameters: true,
  wrapInsideStructure: false,
  shortTags: false,
  anyGcmIv: true,
  applicationNamespaces: ['kmipd'],
  query: {},
  getOneTimePad: 'withhold',
  derivationIterations: 10_000_000,
  interop: false,
  slowWorkPerClient: 8,
  residentKeys: 'asked',
  usageMask: 'free',
  conflictingUsage: 'allow',
  wrapping: 'any',
  vendorIdentification: 'kmipd',
}
