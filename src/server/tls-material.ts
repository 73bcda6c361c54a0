import { constants, X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { KmipFault } from '../fault/fault.ts'
import type { Secret } from '../secret/secret.ts'

/** A key of the server with the certificate for it. */
export interface ServerCredential {
  /** The private key as PEM. */
  readonly key: Secret
  /** The certificate as PEM, followed by those between it and the root where there are any. */
  readonly cert: string
}

/** Everything that TLS needs to know. */
export interface TlsMaterial extends ServerCredential {
  /**
   * PEM certificates of the authorities whose clients may connect. An authority that issues through an intermediate
   * one needs both here: a resumed session no longer carries the client's chain.
   */
  readonly ca: string
  /** A second credential for clients that cannot use the first, as in RSA beside ECDSA. */
  readonly second?: ServerCredential
  /** Also offers the CBC and RSA key exchange suites of TLS 1.2 that old clients need. */
  readonly legacySuites?: boolean
}

/** How long a ticket may resume a session, in seconds. */
const TICKET_LIFE = 3_600

const SUITES = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
]

const LEGACY_SUITES = [
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-RSA-AES256-SHA384',
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-RSA-AES128-SHA256',
  'AES256-SHA256',
  'AES128-SHA256',
]

/**
 * Hands over what node:tls is to be told. It is tried out in a context of its own first, so that material that does
 * not work changes nothing; the copy of the private keys in it is zeroed when `use` has returned.
 *
 * @throws KmipFault `UNAVAILABLE` when OpenSSL does not accept the material
 */
export function withSecureOptions<T>(
  material: TlsMaterial,
  use: (options: SecureContextOptions) => T,
): T {
  const credentials = material.second === undefined ? [material] : [material, material.second]
  const keys = credentials.map(({ key }) => key.expose((bytes) => Buffer.from(bytes)))
  try {
    const options = secureOptions(material, keys)
    tryOut(options)
    return use(options)
  } finally {
    for (const key of keys) key.fill(0)
  }
}

/**
 * The certificates of the authorities.
 *
 * @throws KmipFault `UNAVAILABLE` when there is none or one cannot be read
 */
export function readAuthorities(material: TlsMaterial): readonly X509Certificate[] {
  const found = splitPem(material.ca)
  if (found.length === 0) throw new KmipFault('UNAVAILABLE', 'There is no certificate authority.')
  try {
    return found.map((pem) => new X509Certificate(pem))
  } catch (cause) {
    throw new KmipFault('UNAVAILABLE', 'A certificate authority cannot be read.', { cause })
  }
}

function secureOptions(material: TlsMaterial, keys: Buffer[]): SecureContextOptions {
  const { cert, second, ca, legacySuites = false } = material
  return {
    key: keys,
    cert: second === undefined ? [cert] : [cert, second.cert],
    ca: splitPem(ca),
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    // Level 2: no key under 112 bits of strength and no SHA-1 signature, in the client's chain as in ours.
    ciphers: [...SUITES, ...(legacySuites ? LEGACY_SUITES : []), '@SECLEVEL=2'].join(':'),
    honorCipherOrder: true,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    // Resumption with client certificates needs one; what it says does not matter.
    sessionIdContext: 'kmipd',
    sessionTimeout: TICKET_LIFE,
  }
}

function tryOut(options: SecureContextOptions): void {
  try {
    createSecureContext(options)
  } catch (cause) {
    throw new KmipFault('UNAVAILABLE', 'The TLS key or certificate cannot be used.', { cause })
  }
}

function splitPem(bundle: string): string[] {
  return bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
}
