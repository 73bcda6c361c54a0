import type { Clock } from '../port/clock.ts'
import type { Random } from '../port/random.ts'
import type { RevocationLists } from '../port/revocation.ts'
import type { AuthorityBook } from '../repository/authority-book.ts'
import type { ClientRegistry } from '../repository/client-registry.ts'
import type { NamespaceRegistry } from '../repository/namespace-registry.ts'
import type { Holder, Usage } from '../repository/usage.ts'
import type { DateTime } from '../schema/primitive.ts'
import type { PeerCertificate } from '../server/identify.ts'
import type { ListReport, RevocationReason } from '../server/revocations.ts'
import type { AdminCaller } from './caller.ts'
import type { PolicyOffice } from './policy-office.ts'
import type { IdentityCall, IdentityRequest, IdentityResponse } from './identity-schema.ts'

/** What a running server makes of authorities. */
export interface TrustInUse {
  /** Has it use the authorities and lists that there are now. */
  refresh(): Promise<void>
  report(): readonly ListReport[]
  isRevoked(certificate: PeerCertificate): boolean
  /** Why nobody is let in by the certificate that a key was registered with; undefined where nothing is known against it. */
  reasonAgainst(issuer: string, serial: string | undefined): RevocationReason | undefined
}

export interface IdentityDeps {
  readonly clients: ClientRegistry
  readonly namespaces: NamespaceRegistry
  /** How much somebody has. */
  readonly usageOf: (holder: Holder) => Promise<Usage>
  readonly authorities: AuthorityBook
  /** Reads revocation lists where they are to be used. */
  readonly lists: RevocationLists
  /** Absent where no server runs. */
  readonly trust?: TrustInUse
  /** The server's own. */
  readonly authority: { readonly certificate: Uint8Array }
  readonly clock: Clock
  readonly random: Pick<Random, 'identifier'>
  /** Told of a client that another key was registered for; absent where nobody looks for alerts. */
  readonly keyAdded?: (client: string) => void
  /** Until when an account of a client is locked out, if it is; absent where no server runs. */
  readonly lockedUntil?: (client: string, name: string) => DateTime | undefined
  /** Which roles there are. */
  readonly policies: Pick<PolicyOffice, 'checkRole'>
}

export type IdentityCalls = {
  readonly [C in IdentityCall]: (
    request: IdentityRequest<C>,
    by?: AdminCaller,
  ) => Promise<IdentityResponse<C>>
}
