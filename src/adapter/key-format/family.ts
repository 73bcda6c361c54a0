import { Secret } from '../../secret/secret.ts'
import { identifierIn, sequenceIn, T, type Element } from '../der/read.ts'
import { curveOfIdentifier } from './curve.ts'
import { integerIn, octetsIn, readDer, secretIntegerIn } from './der.ts'
import { EDWARDS, type EdwardsKind } from './edwards.ts'
import type { DHGroup, Key } from './key.ts'
import { malformed } from './malformed.ts'
import { readRSAPrivate, readRSAPublic } from './rsa.ts'
import { ecPublic, readECPrivate } from './sec1.ts'

/** The algorithm identifiers of PKCS#8 and SubjectPublicKeyInfo (RFC 3279 section 2.3, RFC 5480, PKCS#3). */
export const IDENTIFIER = {
  rsa: '1.2.840.113549.1.1.1',
  dsa: '1.2.840.10040.4.1',
  ec: '1.2.840.10045.2.1',
  dh: '1.2.840.113549.1.3.1',
  dhX942: '1.2.840.10046.2.1',
} as const

/** How the keys of one algorithm are read; each gives nothing for a key that it does not know. */
interface Family {
  readPublic(parameters: Element | undefined, content: Uint8Array): Key | undefined
  readPrivate(parameters: Element | undefined, content: Uint8Array): Key | undefined
}

export function familyOf(identifier: string): Family | undefined {
  return FAMILIES.get(identifier)
}

const rsa: Family = {
  readPublic: (_, content) => readDer(content, readRSAPublic),
  readPrivate: (_, content) => readDer(content, readRSAPrivate),
}

const dsa: Family = {
  readPublic: (parameters, content) => {
    // The parameters may be those of the issuer of a certificate.
    if (parameters === undefined) return undefined
    return { kind: 'DSAPublic', ...subgroupIn(parameters), y: readDer(content, integerIn) }
  },
  readPrivate: (parameters, content) => {
    return { kind: 'DSAPrivate', ...subgroupIn(parameters), x: readDer(content, secretIntegerIn) }
  },
}

const ec: Family = {
  readPublic: (parameters, content) => {
    const curve = curveOfIdentifier(identifierIn(parameters))
    return curve && ecPublic(content, curve)
  },
  readPrivate: (parameters, content) => {
    const curve = curveOfIdentifier(identifierIn(parameters))
    return curve && readDer(content, (root) => readECPrivate(root, curve))
  },
}

const diffieHellman = (groupIn: (parameters: Element | undefined) => DHGroup): Family => ({
  readPublic: (parameters, content) => {
    return { kind: 'DHPublic', ...groupIn(parameters), y: readDer(content, integerIn) }
  },
  readPrivate: (parameters, content) => {
    return { kind: 'DHPrivate', ...groupIn(parameters), x: readDer(content, secretIntegerIn) }
  },
})

const edwards = (kind: EdwardsKind): Family => ({
  readPublic: (_, content) => {
    if (content.length !== kind.bytes) throw malformed()
    return { kind: 'EdwardsPublic', edwards: kind, bytes: Uint8Array.from(content) }
  },
  readPrivate: (_, content) =>
    readDer(content, (root) => {
      const bytes = octetsIn(root)
      if (bytes.length !== kind.bytes) throw malformed()
      return { kind: 'EdwardsPrivate', edwards: kind, bytes: Secret.copyOf(bytes) }
    }),
})

function subgroupIn(parameters: Element | undefined) {
  const [p, q, g] = sequenceIn(parameters)
  return { p: integerIn(p), q: integerIn(q), g: integerIn(g) }
}

/** DHParameter of PKCS#3: a length of the private number may follow, which no key needs. */
function pkcs3GroupIn(parameters: Element | undefined): DHGroup {
  const [p, g] = sequenceIn(parameters)
  return { p: integerIn(p), g: integerIn(g) }
}

/** DomainParameters of X9.42 (RFC 3279 section 2.3.3), without what tells how they were made. */
function x942GroupIn(parameters: Element | undefined): DHGroup {
  const [p, g, q, j] = sequenceIn(parameters)
  const group = { p: integerIn(p), g: integerIn(g), q: integerIn(q) }
  return j?.tag === T.integer ? { ...group, j: integerIn(j) } : group
}

const FAMILIES: ReadonlyMap<string, Family> = new Map([
  [IDENTIFIER.rsa, rsa],
  [IDENTIFIER.dsa, dsa],
  [IDENTIFIER.ec, ec],
  [IDENTIFIER.dh, diffieHellman(pkcs3GroupIn)],
  [IDENTIFIER.dhX942, diffieHellman(x942GroupIn)],
  ...EDWARDS.map((kind): [string, Family] => [kind.identifier, edwards(kind)]),
])
