import { DigitalSignatureAlgorithm } from '../../spec/enum/digital-signature-algorithm.ts'
import { HashingAlgorithm } from '../../spec/enum/hashing-algorithm.ts'
import { MaskGenerator } from '../../spec/enum/mask-generator.ts'
import { PaddingMethod } from '../../spec/enum/padding-method.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import {
  childrenOf,
  context,
  identifierIn,
  malformed,
  sequenceIn,
  smallIn,
  taggedIn,
  type Element,
} from '../der/read.ts'
import { identifier, nothing, sequence } from '../der/write.ts'

/** How something is signed: what KMIP calls it, and what it is verified with. */
export interface SignatureAlgorithm {
  readonly algorithm?: DigitalSignatureAlgorithm
  readonly parameters?: CryptographicParameters
}

const D = DigitalSignatureAlgorithm
const H = HashingAlgorithm
const RSA = '1.2.840.113549.1.1'
const NIST = '2.16.840.1.101.3.4.3'
const PSS = `${RSA}.10`

/** RFC 8017 appendix A.2, RFC 5758, RFC 8692. RSA has NULL for its parameters, the others have none. */
const NAMED: readonly (readonly [oid: string, algorithm: DigitalSignatureAlgorithm])[] = [
  [`${RSA}.2`, D.MD2WithRSAEncryption],
  [`${RSA}.4`, D.MD5WithRSAEncryption],
  [`${RSA}.5`, D.SHA_1WithRSAEncryption],
  [`${RSA}.14`, D.SHA_224WithRSAEncryption],
  [`${RSA}.11`, D.SHA_256WithRSAEncryption],
  [`${RSA}.12`, D.SHA_384WithRSAEncryption],
  [`${RSA}.13`, D.SHA_512WithRSAEncryption],
  [`${NIST}.14`, D.SHA3_256WithRSAEncryption],
  [`${NIST}.15`, D.SHA3_384WithRSAEncryption],
  [`${NIST}.16`, D.SHA3_512WithRSAEncryption],
  ['1.2.840.10040.4.3', D.DSAWithSHA_1],
  [`${NIST}.1`, D.DSAWithSHA224],
  [`${NIST}.2`, D.DSAWithSHA256],
  ['1.2.840.10045.4.1', D.ECDSAWithSHA_1],
  ['1.2.840.10045.4.3.1', D.ECDSAWithSHA224],
  ['1.2.840.10045.4.3.2', D.ECDSAWithSHA256],
  ['1.2.840.10045.4.3.3', D.ECDSAWithSHA384],
  ['1.2.840.10045.4.3.4', D.ECDSAWithSHA512],
]
const BY_OID = new Map(NAMED)
const BY_ALGORITHM = new Map(NAMED.map(([oid, algorithm]) => [algorithm, oid]))

/** Signed as the key says; KMIP has no number for these. */
const EDWARDS: readonly string[] = ['1.3.101.112', '1.3.101.113']

const HASHES = new Map<string, HashingAlgorithm>([
  ['1.3.14.3.2.26', H.SHA_1],
  ['2.16.840.1.101.3.4.2.1', H.SHA_256],
  ['2.16.840.1.101.3.4.2.2', H.SHA_384],
  ['2.16.840.1.101.3.4.2.3', H.SHA_512],
  ['2.16.840.1.101.3.4.2.4', H.SHA_224],
])
const MGF1 = `${RSA}.8`

/** What an AlgorithmIdentifier of a signature means; empty for one that is not known. Throws `INVALID_FIELD`. */
export function readAlgorithm(algorithm: Element | undefined): SignatureAlgorithm {
  const [type, parameters] = pairIn(algorithm)
  const oid = identifierIn(type)
  if (oid === PSS) return readPss(parameters)
  if (EDWARDS.includes(oid)) return { parameters: {} }
  const named = BY_OID.get(oid)
  if (named === undefined) return {}
  return { algorithm: named, parameters: { digitalSignatureAlgorithm: named } }
}

function pairIn(
  algorithm: Element | undefined,
): readonly [Element | undefined, Element | undefined] {
  const [type, parameters, ...others] = sequenceIn(algorithm)
  if (others.length > 0) throw malformed()
  return [type, parameters]
}

/** RSASSA-PSS-params (RFC 8017 appendix A.2.3). */
function readPss(parameters: Element | undefined): SignatureAlgorithm {
  const algorithm = D.RSASSA_PSS
  const fields = parameters === undefined ? [] : sequenceIn(parameters)
  const inside = (number: number) => {
    const found = taggedIn(fields, context(number, true))
    return found && childrenOf(found)[0]
  }
  const hash = hashOf(inside(0))
  const mask = maskOf(inside(1))
  if (hash === undefined || mask === undefined) return { algorithm }
  const [salt, trailer] = [inside(2), inside(3)]
  return {
    algorithm,
    parameters: {
      digitalSignatureAlgorithm: algorithm,
      paddingMethod: PaddingMethod.PSS,
      hashingAlgorithm: hash,
      maskGenerator: MaskGenerator.MGF1,
      maskGeneratorHashingAlgorithm: mask,
      saltLength: salt === undefined ? 20 : smallIn(salt),
      trailerField: trailer === undefined ? 1 : smallIn(trailer),
    },
  }
}

function hashOf(algorithm: Element | undefined): HashingAlgorithm | undefined {
  return algorithm === undefined ? H.SHA_1 : HASHES.get(identifierIn(sequenceIn(algorithm)[0]))
}

function maskOf(algorithm: Element | undefined): HashingAlgorithm | undefined {
  if (algorithm === undefined) return H.SHA_1
  const [type, hash] = sequenceIn(algorithm)
  return identifierIn(type) === MGF1 ? hashOf(hash) : undefined
}

/** The AlgorithmIdentifier of a signature; `edwards` names the curve of a key that needs no algorithm. */
export function writeAlgorithm(
  algorithm: DigitalSignatureAlgorithm | 'Ed25519' | 'Ed448',
): Uint8Array<ArrayBuffer> {
  if (algorithm === 'Ed25519') return sequence(identifier('1.3.101.112'))
  if (algorithm === 'Ed448') return sequence(identifier('1.3.101.113'))
  const oid = BY_ALGORITHM.get(algorithm)
  if (oid === undefined) throw malformed()
  const isRsa = oid.startsWith(`${RSA}.`) || /\.1[3-6]$/u.test(oid)
  return isRsa ? sequence(identifier(oid), nothing()) : sequence(identifier(oid))
}
