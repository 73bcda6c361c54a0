import {
  diffieHellman,
  generateKeyPairSync,
  sign,
  timingSafeEqual,
  verify,
  type KeyObject,
} from 'node:crypto'
import type { KeyPair, KeyPairRequest } from '../../port/crypto.ts'
import { Secret } from '../../secret/secret.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import { curveName } from './curve.ts'
import { parsePrivate, privateKeyOf, publicKeyOf, publicOf } from './key.ts'
import { failed, invalid } from './refusal.ts'
import { workshop } from './key-workshop.ts'

type Slow = Extract<KeyPairRequest, { kind: 'RSA' | 'DSA' }>

/** Longer ones take minutes, and everybody else waits for them. */
const RSA_BITS = { least: 1024, most: 4096 }
const DSA_DIVISORS: ReadonlyMap<number, readonly number[]> = new Map([
  [1024, [160]],
  [2048, [256, 224]],
  [3072, [256]],
])

/** Makes a pair; RSA and DSA take seconds and are made in a process apart. */
export async function generatePair(request: KeyPairRequest): Promise<KeyPair> {
  switch (request.kind) {
    case 'RSA':
    case 'DSA':
      return slowPair(request)
    case 'EC':
      return signing(generateKeyPairSync('ec', { namedCurve: curveName(request.curve) }))
    case 'Ed25519':
      return signing(generateKeyPairSync('ed25519'))
    case 'Ed448':
      return signing(generateKeyPairSync('ed448'))
    case 'X25519':
      return agreeing(generateKeyPairSync('x25519'), generateKeyPairSync('x25519'))
    case 'X448':
      return agreeing(generateKeyPairSync('x448'), generateKeyPairSync('x448'))
  }
}

async function slowPair(request: Slow): Promise<KeyPair> {
  const der = await workshop.make(request.kind.toLowerCase(), optionsOf(request))
  const secret = Secret.take(der)
  const privateKey = parsePrivate(KeyFormatType.PKCS_8, secret)
  secret.destroy()
  return { privateKey, publicKey: publicOf(privateKey) }
}

function optionsOf(request: Slow): Readonly<Record<string, number>> {
  return request.kind === 'RSA' ? rsaOptions(request) : dsaOptions(request)
}

function rsaOptions({ bits, exponent = 65_537 }: Extract<Slow, { kind: 'RSA' }>): {
  readonly modulusLength: number
  readonly publicExponent: number
} {
  if (bits < RSA_BITS.least || bits > RSA_BITS.most || bits % 8 !== 0) {
    throw invalid('RSA keys have no such Cryptographic Length')
  }
  if (exponent < 3 || exponent % 2 === 0 || exponent >= 2 ** 32) {
    throw invalid('The public exponent is not allowed')
  }
  return { modulusLength: bits, publicExponent: exponent }
}

function dsaOptions({ bits, divisorBits }: Extract<Slow, { kind: 'DSA' }>): {
  readonly modulusLength: number
  readonly divisorLength: number
} {
  const divisors = DSA_DIVISORS.get(bits) ?? []
  const divisorLength = divisorBits ?? divisors[0]
  if (divisorLength === undefined || !divisors.includes(divisorLength)) {
    throw invalid('DSA keys have no such lengths')
  }
  return { modulusLength: bits, divisorLength }
}

interface Made {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** A new pair whose public half takes what the private one signs. Throws `CRYPTO_FAILED` for any other. */
export function signing({ privateKey, publicKey }: Made): KeyPair {
  const hash = privateKey.asymmetricKeyType === 'ec' ? 'sha256' : null
  if (!verify(hash, CHECKED, publicKey, sign(hash, CHECKED, privateKey))) throw failed()
  return pairOf({ privateKey, publicKey })
}

/** A new pair whose halves agree with those of another on one secret. Throws `CRYPTO_FAILED` for any other. */
export function agreeing(made: Made, other: Made): KeyPair {
  const one = diffieHellman({ privateKey: made.privateKey, publicKey: other.publicKey })
  const same = diffieHellman({ privateKey: other.privateKey, publicKey: made.publicKey })
  const agree = timingSafeEqual(one, same)
  one.fill(0)
  same.fill(0)
  if (!agree) throw failed()
  return pairOf(made)
}

const CHECKED = Uint8Array.from([0x6b, 0x6d, 0x69, 0x70])

function pairOf(made: Made): KeyPair {
  return { privateKey: privateKeyOf(made.privateKey), publicKey: publicKeyOf(made.publicKey) }
}
