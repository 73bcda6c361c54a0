import { createHmac, createPrivateKey, createPublicKey, timingSafeEqual } from 'node:crypto'
import { KmipFault } from '../../fault/fault.ts'
import type { Pkcs12, KeyStore } from '../../port/certificates.ts'
import { Secret } from '../../secret/secret.ts'
import {
  childrenOf,
  context,
  expected,
  identifierIn,
  malformed,
  readDer,
  sequenceIn,
  smallIn,
  T,
  type Element,
} from '../der/read.ts'
import { readX509 } from '../certificate/read.ts'
import { failed } from '../crypto/refusal.ts'
import { CONTENT, isKeyOf, readSafes, type KeyBag } from './bag.ts'
import { Effort, type Opener } from './encryption.ts'
import { bmpOf, deriveKey, PURPOSE, type DerivedKey } from './password.ts'
import { writePfx } from './write.ts'

/** Containers of PKCS#12 (RFC 7292) that a password protects as a whole. */
export const nodePkcs12: Pkcs12 = {
  async read(container, password, friendlyName) {
    const bytes = container.expose((view) => Uint8Array.from(view))
    const word = password.expose((view) => Uint8Array.from(view))
    try {
      if (bytes.length > MOST_BYTES || word.length > MOST_PASSWORD_BYTES) throw malformed()
      const opener = { password: word, effort: new Effort() }
      const { keys, certificates } = await readSafes(opener, checkedSafes(bytes, opener))
      try {
        return storeOf(keys, certificates, friendlyName)
      } finally {
        for (const { key } of keys) key.fill(0)
      }
    } finally {
      word.fill(0)
      bytes.fill(0)
    }
  },

  async write(store, password) {
    const word = password.expose((view) => Uint8Array.from(view))
    try {
      if (word.length > MOST_PASSWORD_BYTES) throw malformed()
      return await writePfx(store, word)
    } finally {
      word.fill(0)
    }
  },
}

/** The AuthenticatedSafe of a PFX, once its MAC is right. Throws `CRYPTO_FAILED` for a wrong password. */
function checkedSafes(bytes: Uint8Array, opener: Opener): Uint8Array {
  const [version, info, macData] = sequenceIn(readDer(bytes))
  const [type, content] = sequenceIn(info)
  if (smallIn(version) !== 3 || identifierIn(type) !== CONTENT.data) throw malformed()
  const safes = expected(childrenOf(expected(content, context(0, true)))[0], T.octets).content
  const [digestInfo, salt, count] = sequenceIn(macData)
  const [algorithm, digest] = sequenceIn(digestInfo)
  const hash = HASHES.get(identifierIn(sequenceIn(algorithm)[0]))
  if (hash === undefined) {
    throw new KmipFault('UNSUPPORTED_CRYPTOGRAPHY', 'The MAC of the container is not known')
  }
  const own = macOf(safes, opener, { hash, salt: expected(salt, T.octets).content, count })
  const theirs = expected(digest, T.octets).content
  if (own.length !== theirs.length || !timingSafeEqual(own, theirs)) throw failed()
  return safes
}

function macOf(
  safes: Uint8Array,
  { password, effort }: Opener,
  { hash, salt, count }: Pick<DerivedKey, 'hash' | 'salt'> & { count: Element | undefined },
): Buffer {
  const iterations = effort.spendOwn(count === undefined ? 1 : smallIn(count))
  const text = bmpOf(password)
  const length = createHmac(hash, '').digest().length
  const key = deriveKey(text, { hash, salt, iterations, purpose: PURPOSE.mac, length })
  text.fill(0)
  const mac = createHmac(hash, key).update(safes).digest()
  key.fill(0)
  return mac
}

/** The wanted key, or the first, with its certificate and those above it. */
function storeOf(
  keys: readonly KeyBag[],
  certificates: readonly Uint8Array[],
  friendlyName: string | undefined,
): KeyStore {
  const wanted = friendlyName?.toLowerCase()
  const found = keys.find(
    (bag) => wanted === undefined || bag.friendlyName?.toLowerCase() === wanted,
  )
  if (found === undefined) {
    throw new KmipFault('INVALID_FIELD', 'The container has no private key of this name')
  }
  return {
    privateKey: Secret.copyOf(found.key),
    certificates: chainOf(publicKeyOf(found.key), certificates),
    ...(found.friendlyName === undefined ? {} : { friendlyName: found.friendlyName }),
  }
}

/** SubjectPublicKeyInfo of a private key. Throws `INVALID_FIELD` for what is none. */
function publicKeyOf(key: Uint8Array): Uint8Array {
  try {
    const view = Buffer.from(key.buffer, key.byteOffset, key.length)
    const own = createPrivateKey({ key: view, format: 'der', type: 'pkcs8' })
    const handle = createPublicKey(own)
    return Uint8Array.from(handle.export({ format: 'der', type: 'spki' }))
  } catch {
    throw malformed()
  }
}

/** The certificate of a key, the one of its issuer, and so on up. */
function chainOf(publicKey: Uint8Array, certificates: readonly Uint8Array[]): Uint8Array[] {
  const read = certificates.map((der) => ({ der, facts: readX509(der) }))
  const chain: Uint8Array[] = []
  let next = read.find(({ facts }) => isKeyOf(publicKey, facts.publicKey))
  while (next !== undefined && !chain.includes(next.der)) {
    chain.push(next.der)
    const issuer = Buffer.from(next.facts.issuer.der)
    next = read.find(({ facts }) => issuer.equals(facts.subject.der))
  }
  return chain
}

const HASHES = new Map<string, DerivedKey['hash']>([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.4', 'sha224'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
])
const MOST_BYTES = 262_144
/** A password is taken in whole each time a key is derived from it, and a container may ask for that many times. */
const MOST_PASSWORD_BYTES = 1_024
