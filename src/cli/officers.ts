import type { Electorate } from '../model/approval/ceremony.ts'
import type { AuthorityBook } from '../repository/authority-book.ts'
import type { ClientRegistry } from '../repository/client-registry.ts'
import type { PeerCertificate } from '../server/identify.ts'

export interface OfficersDeps {
  readonly clients: Pick<ClientRegistry, 'find'>
  readonly authorities: Pick<AuthorityBook, 'list'>
  /** Identifier of the server's own authority. */
  readonly own: string
}

/**
 * Whose approvals count now: of those who are registered as officers and not suspended, with a certificate that they could
 * connect with. It is asked whenever approvals are counted.
 */
export class Officers implements Electorate {
  readonly #deps: OfficersDeps
  #isRevoked: ((certificate: PeerCertificate) => boolean) | undefined

  constructor(deps: OfficersDeps) {
    this.#deps = deps
  }

  /** Until it is told who knows, the certificates of every authority that has a revocation list count for nothing. */
  judgeBy(isRevoked: (certificate: PeerCertificate) => boolean): void {
    this.#isRevoked = isRevoked
  }

  readonly isOfficer: Electorate['isOfficer'] = (id, subject, certificate) => {
    const client = this.#deps.clients.find(id)
    if (certificate === undefined || client?.role !== OFFICER || client.isSuspended === true) {
      return false
    }
    const { issuer, serial } = certificate
    const isKey = client.keys.some((key) => key.subject === subject && key.issuer === issuer)
    return isKey && this.#isGood({ key: { issuer, subject }, serial, notAfter: Infinity })
  }

  readonly keysOf: Electorate['keysOf'] = (id) =>
    this.#deps.clients.find(id)?.keys.map(({ subject }) => subject) ?? []

  #isGood(certificate: PeerCertificate): boolean {
    const { authorities, own } = this.#deps
    const { issuer } = certificate.key
    const authority = authorities.list().find(({ id }) => id === issuer)
    if (issuer !== own && authority === undefined) return false
    if (this.#isRevoked === undefined) return authority?.crl === undefined
    return !this.#isRevoked(certificate)
  }
}

const OFFICER = 'crypto-officer'
