import { createHash } from 'node:crypto'
import { KEY_USAGES, type KeyUsage } from '../../model/certificate.ts'
import type { CertificateSigner, CertificateTemplate } from '../../port/certificates.ts'
import { writeAlgorithm } from './algorithm.ts'
import { context, readDer, sequenceIn, bitsIn, T } from '../der/read.ts'
import { bits, element, identifier, integer, octets, sequence, small, yes } from '../der/write.ts'
import { EXTENSION } from './extension.ts'
import { writeTime } from './time.ts'

/** @returns an X.509 v3 certificate (RFC 5280) in DER, of an end entity */
export async function issueX509(
  template: CertificateTemplate,
  signer: CertificateSigner,
): Promise<Uint8Array> {
  const algorithm = writeAlgorithm(signer.algorithm)
  const signed = sequence(
    element(context(0, true), small(2)),
    integer(template.serialNumber),
    algorithm,
    template.issuer,
    sequence(writeTime(template.notBefore), writeTime(template.notAfter)),
    template.subject,
    template.publicKey,
    element(context(3, true), sequence(...extensionsOf(template))),
  )
  return sequence(signed, algorithm, bits(await signer.sign(signed)))
}

function extensionsOf(template: CertificateTemplate): readonly Uint8Array[] {
  const { usages, purposes, alternativeNames, authorityKeyIdentifier } = template
  const isNameless = sequenceIn(readDer(template.subject)).length === 0
  const extensions = [
    extension(EXTENSION.basicConstraints, true, sequence()),
    extension(EXTENSION.subjectKeyIdentifier, false, octets(keyIdentifier(template.publicKey))),
  ]
  if (usages.length > 0) extensions.push(extension(EXTENSION.keyUsage, true, usageBits(usages)))
  if (purposes.length > 0) {
    extensions.push(extension(EXTENSION.extKeyUsage, false, sequence(...purposes.map(identifier))))
  }
  if (alternativeNames.length > 0) {
    // RFC 5280 section 4.1.2.6: critical where it is the only name.
    extensions.push(extension(EXTENSION.subjectAltName, isNameless, sequence(...alternativeNames)))
  }
  if (authorityKeyIdentifier !== undefined) {
    const value = sequence(element(context(0, false), authorityKeyIdentifier))
    extensions.push(extension(EXTENSION.authorityKeyIdentifier, false, value))
  }
  return extensions
}

function extension(oid: string, isCritical: boolean, value: Uint8Array): Uint8Array {
  const flag = isCritical ? [yes()] : []
  return sequence(identifier(oid), ...flag, octets(value))
}

/** A BIT STRING with no zero bits at its end, as DER has named bits. */
function usageBits(usages: readonly KeyUsage[]): Uint8Array {
  const places = usages.map((usage) => KEY_USAGES.indexOf(usage))
  const last = Math.max(...places)
  const bytes = new Uint8Array((last >> 3) + 1)
  for (const place of places) bytes[place >> 3] = (bytes[place >> 3] ?? 0) | (0x80 >> (place & 7))
  return element(T.bits, Uint8Array.of(7 - (last & 7)), bytes)
}

/** The leftmost 160 bits of SHA-256 over the key's bits (RFC 7093 section 2). */
function keyIdentifier(publicKey: Uint8Array): Uint8Array {
  const [, key] = sequenceIn(readDer(publicKey))
  return Uint8Array.from(createHash('sha256').update(bitsIn(key)).digest().subarray(0, 20))
}
