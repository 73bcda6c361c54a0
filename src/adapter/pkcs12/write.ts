import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { KeyStore } from '../../port/certificates.ts'
import { Secret } from '../../secret/secret.ts'
import { context, T } from '../der/read.ts'
import { element, identifier, nothing, octets, sequence, setOfOne, small } from '../der/write.ts'
import { BAG, CONTENT, FRIENDLY_NAME, LOCAL_KEY_ID, X509_CERTIFICATE } from './bag.ts'
import { encryptWith, type Encrypted } from './encryption.ts'
import { bmpOf, deriveKey, PURPOSE } from './password.ts'

/** Writes a container: AES-256 for key and certificates, HMAC-SHA256 over the whole (RFC 7292 section 4). */
export async function writePfx(store: KeyStore, password: Uint8Array): Promise<Secret> {
  const { privateKey, certificates, friendlyName = DEFAULT_NAME } = store
  const [first = new Uint8Array(0)] = certificates
  const id = createHash('sha256').update(first).digest().subarray(0, 20)
  const attributes = attributesOf(friendlyName, id)
  const key = privateKey.expose((bytes) => Uint8Array.from(bytes))
  const shrouded = await encryptWith(password, key)
  key.fill(0)
  const keySafe = sequence(
    bag(BAG.shroudedKey, sequence(shrouded.algorithm, octets(shrouded.ciphertext)), attributes),
  )
  const certificateSafe = sequence(
    ...certificates.map((der, index) =>
      bag(
        BAG.certificate,
        sequence(identifier(X509_CERTIFICATE), explicit(octets(der))),
        index === 0 ? attributes : undefined,
      ),
    ),
  )
  const safes = sequence(
    encryptedContent(await encryptWith(password, certificateSafe)),
    dataContent(keySafe),
  )
  return Secret.take(sequence(small(3), dataContent(safes), macData(safes, password)))
}

function bag(type: string, value: Uint8Array, attributes: Uint8Array | undefined): Uint8Array {
  const behind = attributes === undefined ? [] : [attributes]
  return sequence(identifier(type), explicit(value), ...behind)
}

/** A set in the order of DER: by the bytes of its elements, of which the shorter identifier of both is the same. */
function attributesOf(friendlyName: string, id: Uint8Array): Uint8Array {
  const text = bmpOf(new TextEncoder().encode(friendlyName))
  const name = element(T.bmp, text.subarray(0, text.length - 2))
  const parts = [
    sequence(identifier(FRIENDLY_NAME), setOfOne(name)),
    sequence(identifier(LOCAL_KEY_ID), setOfOne(octets(id))),
  ].sort((left, right) => Buffer.compare(left, right))
  return element(T.set, ...parts)
}

function dataContent(content: Uint8Array): Uint8Array {
  return sequence(identifier(CONTENT.data), explicit(octets(content)))
}

function encryptedContent({ algorithm, ciphertext }: Encrypted): Uint8Array {
  const inside = sequence(
    identifier(CONTENT.data),
    algorithm,
    element(context(0, false), ciphertext),
  )
  return sequence(identifier(CONTENT.encryptedData), explicit(sequence(small(0), inside)))
}

function macData(safes: Uint8Array, password: Uint8Array): Uint8Array {
  const salt = randomBytes(16)
  const text = bmpOf(password)
  const from = { hash: 'sha256', salt, iterations: MAC_ITERATIONS } as const
  const key = deriveKey(text, { ...from, purpose: PURPOSE.mac, length: 32 })
  const digest = createHmac('sha256', key).update(safes).digest()
  key.fill(0)
  text.fill(0)
  const sha256 = sequence(identifier('2.16.840.1.101.3.4.2.1'), nothing())
  return sequence(sequence(sha256, octets(digest)), octets(salt), small(MAC_ITERATIONS))
}

function explicit(content: Uint8Array): Uint8Array {
  return element(context(0, true), content)
}

/** KMIP 1.4 section 3.45. */
const DEFAULT_NAME = 'alias'
const MAC_ITERATIONS = 10_000
