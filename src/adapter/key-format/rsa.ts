import { sequenceIn, type Element } from '../der/read.ts'
import { integer } from '../der/write.ts'
import { integerIn, secretInteger, secretIntegerIn, sequence, type Encoded } from './der.ts'
import type { RSAPrivateKey, RSAPublicKey } from './key.ts'
import { malformed } from './malformed.ts'

/** RSAPublicKey (RFC 8017 appendix A.1.1). */
export function readRSAPublic(root: Element): RSAPublicKey {
  const [modulus, publicExponent, ...others] = sequenceIn(root)
  const key: RSAPublicKey = {
    kind: 'RSAPublic',
    modulus: integerIn(modulus),
    publicExponent: integerIn(publicExponent),
  }
  if (others.length > 0 || key.modulus.length === 0) throw malformed()
  return key
}

/** RSAPrivateKey (RFC 8017 appendix A.1.2); undefined for a key with more than two primes. */
export function readRSAPrivate(root: Element): RSAPrivateKey | undefined {
  const [version, modulus, publicExponent, ...secrets] = sequenceIn(root)
  const number = integerIn(version)
  if (number.length === 1 && number[0] === 1) return undefined
  if (number.length > 0 || secrets.length !== 6) throw malformed()
  const [privateExponent, p, q, primeExponentP, primeExponentQ, crtCoefficient] = secrets
  const key: RSAPrivateKey = {
    kind: 'RSAPrivate',
    modulus: integerIn(modulus),
    publicExponent: integerIn(publicExponent),
    privateExponent: secretIntegerIn(privateExponent),
    p: secretIntegerIn(p),
    q: secretIntegerIn(q),
    primeExponentP: secretIntegerIn(primeExponentP),
    primeExponentQ: secretIntegerIn(primeExponentQ),
    crtCoefficient: secretIntegerIn(crtCoefficient),
  }
  if (key.modulus.length === 0) throw malformed()
  return key
}

export function rsaPublicNode({ modulus, publicExponent }: RSAPublicKey): Encoded {
  return sequence(integer(modulus), integer(publicExponent))
}

export function rsaPrivateNode(key: RSAPrivateKey): Encoded {
  return sequence(
    integer(new Uint8Array(0)),
    integer(key.modulus),
    integer(key.publicExponent),
    secretInteger(key.privateExponent),
    secretInteger(key.p),
    secretInteger(key.q),
    secretInteger(key.primeExponentP),
    secretInteger(key.primeExponentQ),
    secretInteger(key.crtCoefficient),
  )
}
