import type { CertificateDescription } from '../../model/certificate.ts'
import { readAlgorithm } from './algorithm.ts'
import {
  bitsIn,
  childrenOf,
  context,
  expected,
  integerIn,
  malformed,
  readDer,
  sequenceIn,
  smallIn,
  T,
  taggedIn,
  type Element,
} from '../der/read.ts'
import { readExtensions } from './extension.ts'
import { readName } from './name.ts'
import { readTime } from './time.ts'

/** Reads an X.509 certificate (RFC 5280 section 4.1). Throws `INVALID_FIELD`. */
export function readX509(der: Uint8Array): CertificateDescription {
  if (der.length > MOST_BYTES) throw malformed()
  const [tbs, algorithm, signature, ...others] = sequenceIn(readDer(der))
  if (tbs === undefined || algorithm === undefined || others.length > 0) throw malformed()
  const body = readBody(tbs)
  // RFC 5280 section 4.1.1.2: what is signed names the algorithm as well, so that nobody can put in another.
  if (!isSame(body.algorithm, algorithm)) throw malformed()
  const [notBefore, notAfter] = sequenceIn(body.validity)
  const serial = expected(body.serial, T.integer)
  if (integerIn(serial).length > MOST_SERIAL_BYTES) throw malformed()
  return {
    ...readExtensions(body.extensions),
    serialNumber: Uint8Array.from(serial.whole),
    issuer: readName(expected(body.issuer, T.sequence)),
    subject: readName(expected(body.subject, T.sequence)),
    publicKey: Uint8Array.from(expected(body.publicKey, T.sequence).whole),
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    signature: {
      ...readAlgorithm(algorithm),
      signed: Uint8Array.from(tbs.whole),
      value: Uint8Array.from(bitsIn(signature)),
    },
  }
}

interface Body {
  readonly serial: Element | undefined
  readonly algorithm: Element | undefined
  readonly issuer: Element | undefined
  readonly validity: Element | undefined
  readonly subject: Element | undefined
  readonly publicKey: Element | undefined
  readonly extensions: Element | undefined
}

/** The fields of a TBSCertificate, of which the first may be left out. */
function readBody(tbs: Element): Body {
  const fields = sequenceIn(tbs)
  const [first] = fields
  const hasVersion = first?.tag === context(0, true)
  if (hasVersion && smallIn(childrenOf(first)[0]) > NEWEST_VERSION) throw malformed()
  const [serial, algorithm, issuer, validity, subject, publicKey, ...others] = hasVersion
    ? fields.slice(1)
    : fields
  const wrapped = taggedIn(others, context(3, true))
  const extensions = wrapped && childrenOf(wrapped)[0]
  return { serial, algorithm, issuer, validity, subject, publicKey, extensions }
}

function isSame(left: Element | undefined, right: Element): boolean {
  return (
    left?.whole.length === right.whole.length &&
    left.whole.every((byte, index) => byte === right.whole[index])
  )
}

/** Certificates of certificates are not: the largest in use have some kilobytes. */
const MOST_BYTES = 65_536
/** RFC 5280 section 4.1.2.2 has 20; some authorities went beyond. */
const MOST_SERIAL_BYTES = 64
/** Version 3 is written as 2. */
const NEWEST_VERSION = 2
