import type { Secret } from '../../secret/secret.ts'
import { bitsIn, identifierIn, sequenceIn, T, type Element } from '../der/read.ts'
import { bits, identifier, integer, nothing, octets } from '../der/write.ts'
import { octetsAround, octetsIn, secretInteger, sequence, writeDer, type Encoded } from './der.ts'
import { familyOf, IDENTIFIER } from './family.ts'
import type { DHGroup, Key } from './key.ts'
import { malformed } from './malformed.ts'
import { rsaPrivateNode, rsaPublicNode } from './rsa.ts'
import { ecPrivateNode } from './sec1.ts'

/** SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7); undefined for an algorithm that is not known. */
export function readPublicKeyInfo(root: Element): Key | undefined {
  const [algorithm, content, ...others] = sequenceIn(root)
  const [id, parameters] = sequenceIn(algorithm)
  if (others.length > 0) throw malformed()
  return familyOf(identifierIn(id))?.readPublic(parameters, bitsIn(content))
}

/** PrivateKeyInfo (RFC 5958), its attributes set aside; undefined for an algorithm that is not known, or encrypted. */
export function readPrivateKeyInfo(root: Element): Key | undefined {
  const [version, algorithm, content] = sequenceIn(root)
  if (version?.tag === T.sequence) return undefined
  const [id, parameters] = sequenceIn(algorithm)
  return familyOf(identifierIn(id))?.readPrivate(parameters, octetsIn(content))
}

/** A public key as SubjectPublicKeyInfo; undefined for any other key. */
export function writePublicKeyInfo(key: Key): Secret | undefined {
  const parts = publicParts(key)
  return parts && writeDer(sequence(parts.algorithm, parts.content))
}

/** A private key as PrivateKeyInfo; undefined for any other key. */
export function writePrivateKeyInfo(key: Key): Secret | undefined {
  const parts = privateParts(key)
  return parts && writeDer(sequence(integer(new Uint8Array(0)), parts.algorithm, parts.content))
}

interface Parts {
  readonly algorithm: Encoded
  readonly content: Encoded
}

function publicParts(key: Key): Parts | undefined {
  switch (key.kind) {
    case 'RSAPublic':
      return { algorithm: rsaAlgorithm(), content: bits(rsaPublicNode(key)) }
    case 'DSAPublic':
      return { algorithm: dsaAlgorithm(key), content: bits(integer(key.y)) }
    case 'DHPublic':
      return { algorithm: dhAlgorithm(key), content: bits(integer(key.y)) }
    case 'ECPublic':
      return { algorithm: ecAlgorithm(key.curve.identifier), content: bits(key.qString) }
    case 'EdwardsPublic':
      return { algorithm: sequence(identifier(key.edwards.identifier)), content: bits(key.bytes) }
    case 'Symmetric':
    case 'RSAPrivate':
    case 'DSAPrivate':
    case 'DHPrivate':
    case 'ECPrivate':
    case 'EdwardsPrivate':
      return undefined
  }
}

function privateParts(key: Key): Parts | undefined {
  switch (key.kind) {
    case 'RSAPrivate':
      return { algorithm: rsaAlgorithm(), content: octetsAround(rsaPrivateNode(key)) }
    case 'DSAPrivate':
      return { algorithm: dsaAlgorithm(key), content: octetsAround(secretInteger(key.x)) }
    case 'DHPrivate':
      return { algorithm: dhAlgorithm(key), content: octetsAround(secretInteger(key.x)) }
    case 'ECPrivate': {
      const content = octetsAround(ecPrivateNode(key, false))
      return { algorithm: ecAlgorithm(key.curve.identifier), content }
    }
    case 'EdwardsPrivate': {
      const content = octetsAround(key.bytes.expose(octets))
      return { algorithm: sequence(identifier(key.edwards.identifier)), content }
    }
    case 'Symmetric':
    case 'RSAPublic':
    case 'DSAPublic':
    case 'DHPublic':
    case 'ECPublic':
    case 'EdwardsPublic':
      return undefined
  }
}

function rsaAlgorithm(): Encoded {
  return sequence(identifier(IDENTIFIER.rsa), nothing())
}

function dsaAlgorithm({ p, q, g }: Required<Pick<DHGroup, 'p' | 'q' | 'g'>>): Encoded {
  return sequence(identifier(IDENTIFIER.dsa), sequence(integer(p), integer(q), integer(g)))
}

/** X9.42 where the order of the subgroup is known, and PKCS#3 where it is not. */
function dhAlgorithm({ p, g, q, j }: DHGroup): Encoded {
  if (q === undefined) return sequence(identifier(IDENTIFIER.dh), sequence(integer(p), integer(g)))
  const cofactor = j === undefined ? [] : [integer(j)]
  const group = sequence(integer(p), integer(g), integer(q), ...cofactor)
  return sequence(identifier(IDENTIFIER.dhX942), group)
}

function ecAlgorithm(curve: string): Encoded {
  return sequence(identifier(IDENTIFIER.ec), identifier(curve))
}
