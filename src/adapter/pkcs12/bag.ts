import {
  bitsIn,
  childrenOf,
  context,
  expected,
  identifierIn,
  malformed,
  readDer,
  sequenceIn,
  T,
  type Element,
} from '../der/read.ts'
import { decryptWith, type Opener } from './encryption.ts'

/** What a container holds, opened. The keys are for the caller to wipe. */
export interface Bags {
  readonly keys: readonly KeyBag[]
  readonly certificates: readonly Uint8Array[]
}

export interface KeyBag {
  /** PrivateKeyInfo in DER. */
  readonly key: Uint8Array
  readonly friendlyName: string | undefined
}

/** Opens the SafeContents of an AuthenticatedSafe (RFC 7292 section 4.1). */
export async function readSafes(opener: Opener, safes: Uint8Array): Promise<Bags> {
  const keys: KeyBag[] = []
  const certificates: Uint8Array[] = []
  try {
    for (const info of sequenceIn(readDer(safes))) {
      const contents = await openSafe(opener, info)
      try {
        for (const bag of sequenceIn(readDer(contents))) {
          await readBag(opener, bag, { keys, certificates })
          if (keys.length + certificates.length > MOST_BAGS) throw malformed()
        }
      } finally {
        contents.fill(0)
      }
    }
    return { keys, certificates }
  } catch (error) {
    for (const { key } of keys) key.fill(0)
    throw error
  }
}

async function readBag(
  opener: Opener,
  bag: Element,
  { keys, certificates }: { readonly keys: KeyBag[]; readonly certificates: Uint8Array[] },
): Promise<void> {
  const [type, value, attributes] = sequenceIn(bag)
  const inner = childrenOf(expected(value, context(0, true)))[0]
  const friendlyName = friendlyNameIn(attributes)
  switch (identifierIn(type)) {
    case BAG.key:
      keys.push({ key: Uint8Array.from(expected(inner, T.sequence).whole), friendlyName })
      break
    case BAG.shroudedKey:
      keys.push({ key: await openKey(opener, inner), friendlyName })
      break
    case BAG.certificate:
      certificates.push(...certificateIn(inner))
      break
  }
}

/** ContentInfo, plain or encrypted; what is protected by public keys is not for us. */
async function openSafe(opener: Opener, info: Element): Promise<Uint8Array> {
  const [type, content] = sequenceIn(info)
  const inner = childrenOf(expected(content, context(0, true)))[0]
  const oid = identifierIn(type)
  if (oid === CONTENT.data) return Uint8Array.from(expected(inner, T.octets).content)
  if (oid !== CONTENT.encryptedData) throw malformed()
  const [, encrypted] = sequenceIn(inner)
  const [, algorithm, ciphertext] = sequenceIn(encrypted)
  return decryptWith(opener, algorithm, expected(ciphertext, context(0, false)).content)
}

async function openKey(opener: Opener, info: Element | undefined): Promise<Uint8Array> {
  const [algorithm, ciphertext] = sequenceIn(info)
  const key = await decryptWith(opener, algorithm, expected(ciphertext, T.octets).content)
  sequenceIn(readDer(key))
  return key
}

/** The X.509 certificate of a bag; none of a bag that holds another kind. */
function certificateIn(bag: Element | undefined): readonly Uint8Array[] {
  const [type, value] = sequenceIn(bag)
  if (identifierIn(type) !== X509_CERTIFICATE) return []
  const inner = childrenOf(expected(value, context(0, true)))[0]
  return [Uint8Array.from(expected(inner, T.octets).content)]
}

function friendlyNameIn(attributes: Element | undefined): string | undefined {
  if (attributes === undefined) return undefined
  for (const attribute of childrenOf(expected(attributes, T.set))) {
    const [type, values] = sequenceIn(attribute)
    if (identifierIn(type) !== FRIENDLY_NAME) continue
    const { content } = expected(childrenOf(expected(values, T.set))[0], T.bmp)
    return new TextDecoder('utf-16be').decode(content)
  }
  return undefined
}

/** Whether a certificate is for the key of a SubjectPublicKeyInfo. */
export function isKeyOf(publicKey: Uint8Array, certificateKey: Uint8Array): boolean {
  const [own, its] = [publicKey, certificateKey].map((info) =>
    Buffer.from(bitsIn(sequenceIn(readDer(info))[1])).toString('hex'),
  )
  return own === its
}

export const CONTENT = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
} as const
export const BAG = {
  key: '1.2.840.113549.1.12.10.1.1',
  shroudedKey: '1.2.840.113549.1.12.10.1.2',
  certificate: '1.2.840.113549.1.12.10.1.3',
} as const
export const X509_CERTIFICATE = '1.2.840.113549.1.9.22.1'
export const FRIENDLY_NAME = '1.2.840.113549.1.9.20'
export const LOCAL_KEY_ID = '1.2.840.113549.1.9.21'
const MOST_BAGS = 32
