import { KmipFault } from '../../fault/fault.ts'
import type { RequestDescription } from '../../port/certificates.ts'
import { CertificateRequestType } from '../../spec/enum/certificate-request-type.ts'
import { readAlgorithm } from './algorithm.ts'
import {
  bitsIn,
  childrenOf,
  context,
  expected,
  identifierIn,
  malformed,
  readDer,
  sequenceIn,
  smallIn,
  T,
  taggedIn,
  type Element,
} from '../der/read.ts'
import { element } from '../der/write.ts'
import { readExtensions, type ExtensionFacts } from './extension.ts'
import { readName } from './name.ts'
import { decodePem } from './pem.ts'

/** Reads a request of a type (KMIP 1.4 section 4.7). Throws `INVALID_CSR`. */
export function readRequest(type: CertificateRequestType, request: Uint8Array): RequestDescription {
  const read = READERS.get(type)
  if (read === undefined) throw invalid('The Certificate Request Type is not supported')
  if (request.length > MOST_BYTES) throw invalid('The Certificate Request is too large')
  try {
    return read(request)
  } catch (cause) {
    if (!(cause instanceof KmipFault) || cause.code === 'INVALID_CSR') throw cause
    throw invalid('The Certificate Request is not one of its type')
  }
}

const READERS = new Map<number, (request: Uint8Array) => RequestDescription>([
  [CertificateRequestType.PKCS_10, readPkcs10],
  [CertificateRequestType.PEM, (request) => readPkcs10(decodePem(request, PEM_LABELS))],
  [CertificateRequestType.CRMF, readCrmf],
])

/** CertificationRequest (RFC 2986 section 4). */
function readPkcs10(request: Uint8Array): RequestDescription {
  const [info, algorithm, signature, ...others] = sequenceIn(readDer(request))
  const [version, subject, publicKey, attributes] = sequenceIn(info)
  if (info === undefined || others.length > 0 || smallIn(version) !== 0) throw malformed()
  const name = readName(expected(subject, T.sequence))
  return {
    ...wishesOf(readExtensions(requestedExtensions(attributes))),
    ...(name.parts.length === 0 && name.text === '' ? {} : { subject: name }),
    publicKey: Uint8Array.from(expected(publicKey, T.sequence).whole),
    proof: {
      ...readAlgorithm(algorithm),
      signed: Uint8Array.from(info.whole),
      value: Uint8Array.from(bitsIn(signature)),
    },
  }
}

/** The extensionRequest among the attributes (RFC 2985 section 5.4.2). */
function requestedExtensions(attributes: Element | undefined): Element | undefined {
  if (attributes === undefined) return undefined
  for (const attribute of childrenOf(expected(attributes, context(0, true)))) {
    const [type, values] = sequenceIn(attribute)
    if (identifierIn(type) === EXTENSION_REQUEST) return childrenOf(expected(values, T.set))[0]
  }
  return undefined
}

/** The one CertReqMsg of CertReqMessages (RFC 4211 section 3). */
function readCrmf(request: Uint8Array): RequestDescription {
  const [message, ...others] = sequenceIn(readDer(request))
  if (others.length > 0) throw invalid('The Certificate Request asks for several certificates')
  const [certReq, proof] = sequenceIn(message)
  const [, template] = sequenceIn(certReq)
  if (certReq === undefined || template === undefined) throw malformed()
  const fields = sequenceIn(template)
  const key = taggedIn(fields, context(6, true))
  if (key === undefined) throw invalid('The Certificate Request has no public key')
  const named = taggedIn(fields, context(5, true))
  const name = named && readName(readDer(named.content))
  const extensions = taggedIn(fields, context(9, true))
  return {
    ...wishesOf(readExtensions(extensions && asSequence(extensions))),
    ...(name === undefined || name.text === '' ? {} : { subject: name }),
    publicKey: Uint8Array.from(asSequence(key).whole),
    proof: proofOf(proof, certReq, name !== undefined),
  }
}

/**
 * The proof by signature (RFC 4211 section 4.1), which covers the request itself. Where subject or key are not in the
 * request, it would cover a structure apart; such requests are not taken.
 */
function proofOf(
  proof: Element | undefined,
  certReq: Element,
  hasSubject: boolean,
): RequestDescription['proof'] {
  if (proof?.tag !== context(1, true)) throw invalid('The Certificate Request is not signed')
  const [algorithm, signature, ...others] = childrenOf(proof)
  if (!hasSubject || others.length > 0) {
    throw invalid('The Certificate Request is not signed as a whole')
  }
  return {
    ...readAlgorithm(algorithm),
    signed: Uint8Array.from(certReq.whole),
    value: Uint8Array.from(bitsIn(signature)),
  }
}

/** An implicitly tagged SEQUENCE under its own tag. */
function asSequence({ content }: Element): Element {
  return readDer(element(T.sequence, content))
}

function wishesOf(
  facts: ExtensionFacts,
): Pick<RequestDescription, 'alternativeNames' | 'keyUsage' | 'purposes'> {
  const { subjectAlternativeNames: alternativeNames, keyUsage, purposes } = facts
  return { alternativeNames, purposes, ...(keyUsage === undefined ? {} : { keyUsage }) }
}

function invalid(message: string): KmipFault {
  return new KmipFault('INVALID_CSR', message)
}

const PEM_LABELS: readonly string[] = ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'
const MOST_BYTES = 65_536
