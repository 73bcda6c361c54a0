import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { KmipFault } from '../fault/fault.ts'
import { codeOf } from './data-directory.ts'

/**
 * Reads a PEM certificate.
 *
 * @returns DER; undefined when there is no such file
 * Throws `UNAVAILABLE` with a sentence for people when it cannot be read or is not a certificate.
 */
export async function readCertificateFile(path: string): Promise<Uint8Array | undefined> {
  let pem: Buffer
  try {
    pem = await readFile(path)
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined
    throw new KmipFault('UNAVAILABLE', `The certificate ${path} cannot be read`, { cause })
  }
  try {
    return Uint8Array.from(new X509Certificate(pem).raw)
  } catch (cause) {
    throw new KmipFault('UNAVAILABLE', `${path} is not a certificate`, { cause })
  }
}

/** SHA-256 over the certificate, as people compare it: pairs of hexadecimal digits with colons. */
export function fingerprintOf(certificate: Uint8Array): string {
  return new X509Certificate(certificate).fingerprint256
}
