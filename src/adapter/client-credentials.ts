import { X509Certificate } from 'node:crypto'
import { KmipFault } from '../fault/fault.ts'
import type { Credentials } from '../operation/context.ts'
import type { KeyedCertificate } from '../repository/authority-record.ts'
import type { ClientRegistry } from '../repository/client-registry.ts'
import type { DateTime } from '../schema/primitive.ts'
import { issueClientCertificate, type IssueDeps } from './certificate-authority.ts'
import { certificateKeyOf, checkClientKey, readCertificate } from './certificate-read.ts'

/** What client certificates come from, and where they are known by. */
export interface CredentialDeps extends IssueDeps {
  readonly clients: ClientRegistry
  readonly authority: KeyedCertificate
}

/** The certificates that the server's own authority gives to its clients. */
export function clientCredentials({ clients, authority, ...deps }: CredentialDeps): Credentials {
  return {
    issue: ({ name }, publicKey) => issueClientCertificate(deps, authority, { name, publicKey }),
    check(certificate, now) {
      checkClientKey(readCertificate(certificate).publicKey)
      checkIssued(new X509Certificate(certificate), new X509Certificate(authority.certificate), now)
    },
    async replacement({ id, credential }, certificate, object) {
      const { notAfter } = readCertificate(certificate)
      const key = { ...certificateKeyOf(certificate, authority.certificate), notAfter, object }
      if (credential !== undefined) return clients.replacement(id, credential, key)
      throw new KmipFault('NOT_PERMITTED', 'The client has no certificate')
    },
  }
}

/** Throws `INVALID_FIELD`, and `CRYPTO_FAILED` for a signature that is not the authority's. */
function checkIssued(
  certificate: X509Certificate,
  authority: X509Certificate,
  now: DateTime,
): void {
  if (certificate.ca || !certificate.checkIssued(authority)) {
    throw new KmipFault('INVALID_FIELD', 'The certificate is not of the authority of clients')
  }
  if (!certificate.verify(authority.publicKey)) {
    throw new KmipFault('CRYPTO_FAILED', 'The certificate is not signed by its issuer')
  }
  const [begin, end] = [certificate.validFrom, certificate.validTo].map((each) => Date.parse(each))
  if (begin === undefined || end === undefined || now * 1_000 < begin || end < now * 1_000) {
    throw new KmipFault('INVALID_FIELD', 'The certificate is not valid now')
  }
}
