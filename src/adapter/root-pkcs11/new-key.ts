import { KmipFault } from '../../fault/fault.ts'
import type { Random } from '../../port/random.ts'
import { TokenRefusal, type Token, type TokenObject } from '../../port/token.ts'
import type { Secret } from '../../secret/secret.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../spec/pkcs11/attribute.ts'
import { Mechanism, MechanismFlag, ObjectClass } from '../../spec/pkcs11/constant.ts'
import { utf8 } from '../length-prefixed.ts'
import { returnCodeName } from '../pkcs11/return-code.ts'
import {
  AES_BYTES,
  checkRootKey,
  isSaidLocal,
  pairTemplates,
  secretTemplate,
  type RootKeyKind,
} from './key-attributes.ts'
import type { RootMechanism } from './parameters.ts'
import { carry, secretKeyRoot, uncarry, type OaepMechanism } from './token-key.ts'

/** What is wanted of a root key. */
export interface RootKeyRequest {
  /** Without it AES where the token can, or else RSA. */
  readonly keyKind?: RootKeyKind | undefined
  /** `CKA_ID`, in lower-case hex, of a key that is there already; without it one is made. */
  readonly keyId?: string | undefined
}

/** A root key and what was found out of it. */
export interface RootKey {
  readonly key: TokenObject
  readonly mechanism: RootMechanism
  readonly isLocal: boolean
  /** What RSA carries: in the clear, which is the caller's to destroy, and encrypted. */
  readonly carried?: { readonly secret: Secret; readonly wrapped: Uint8Array } | undefined
  /** The objects that were made in the token. */
  readonly made: readonly TokenObject[]
}

/** Makes a root key in the token, or takes one that is there. Throws `UNAVAILABLE` where that cannot be. */
export async function makeRootKey(
  token: Token,
  { keyKind, keyId }: RootKeyRequest,
  random: Random,
): Promise<RootKey> {
  try {
    if (keyId !== undefined) return await adopt(token, { keyKind, keyId }, random)
    const secret = keyKind === 'rsa' ? undefined : await makeSecret(token, random)
    if (secret !== undefined) return secret
    if (keyKind !== 'aes') return await makePair(token, random)
  } catch (error) {
    if (!(error instanceof TokenRefusal)) throw error
    throw refused(`The token makes no root key (${returnCodeName(error.returnCode)})`)
  }
  throw refused('The token has no AES-GCM that a root key could use: an RSA key may do')
}

/** Finds the one key of a class with an identifier. Throws `UNAVAILABLE` when there is none, or more than one. */
export async function findRootKey(
  token: Token,
  objectClass: number,
  keyId: string,
): Promise<TokenObject> {
  const template = [
    { type: CKA.CLASS[0], value: objectClass },
    { type: CKA.ID[0], value: Buffer.from(keyId, 'hex') },
  ]
  const [key] = await token.find(template, 2)
  const count = await token.count(template, 2)
  if (key !== undefined && count === 1) return key
  const what = count > 1 ? 'more than one root key' : 'no root key'
  throw refused(`The token has ${what} with the identifier ${keyId}`)
}

async function adopt(
  token: Token,
  { keyKind, keyId }: { readonly keyKind?: RootKeyKind | undefined; readonly keyId: string },
  random: Random,
): Promise<RootKey> {
  const template = [
    { type: CKA.CLASS[0], value: ObjectClass.SecretKey },
    { type: CKA.ID[0], value: Buffer.from(keyId, 'hex') },
  ]
  const kind = keyKind ?? ((await token.count(template, 1)) > 0 ? 'aes' : 'rsa')
  if (kind === 'rsa') {
    const key = await findRootKey(token, ObjectClass.PrivateKey, keyId)
    await checkRootKey(token, key, true)
    return { key, ...(await probePair(token, key, random)), isLocal: true, made: [] }
  }
  const key = await findRootKey(token, ObjectClass.SecretKey, keyId)
  await checkRootKey(token, key, true)
  if (await worksWithGcm(token, key, random)) {
    return { key, mechanism: 'aes-gcm', isLocal: true, made: [] }
  }
  throw refused(`The token cannot use the root key ${keyId} for AES-GCM`)
}

/** Undefined where the token has no AES-GCM of the kind that is needed. */
async function makeSecret(token: Token, random: Random): Promise<RootKey | undefined> {
  if (!offersGcm(token)) return undefined
  const id = freshId(random)
  const template = secretTemplate(id)
  await token.generate({ type: Mechanism.AES_KEY_GEN }, template)
  const key = await findRootKey(token, ObjectClass.SecretKey, Buffer.from(id).toString('hex'))
  return orUnmake(token, [key], async () => {
    if (!(await worksWithGcm(token, key, random))) {
      await token.destroy(key)
      return undefined
    }
    const isLocal = await isSaidLocal(token, key)
    await checkRootKey(token, key, isLocal)
    return { key, mechanism: 'aes-gcm', isLocal, made: [key] }
  })
}

async function makePair(token: Token, random: Random): Promise<RootKey> {
  const id = freshId(random)
  const mechanism = { type: Mechanism.RSA_PKCS_KEY_PAIR_GEN }
  await token.generatePair(mechanism, ...pairTemplates(id))
  const hex = Buffer.from(id).toString('hex')
  const key = await findRootKey(token, ObjectClass.PrivateKey, hex)
  const made = [key, await findRootKey(token, ObjectClass.PublicKey, hex)]
  return orUnmake(token, made, async () => {
    const isLocal = await isSaidLocal(token, key)
    await checkRootKey(token, key, isLocal)
    return { key, ...(await probePair(token, key, random)), isLocal, made }
  })
}

/** Leaves nothing behind in the token when the rest fails. */
async function orUnmake<T>(
  token: Token,
  made: readonly TokenObject[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    for (const object of made) await token.destroy(object)
    throw error
  }
}

function offersGcm({ mechanisms }: Token): boolean {
  const has = (type: number, flags: number) =>
    mechanisms.some((row) => row.type === type && (row.flags & flags) === flags)
  const both = MechanismFlag.Encrypt | MechanismFlag.Decrypt
  return has(Mechanism.AES_KEY_GEN, MechanismFlag.Generate) && has(Mechanism.AES_GCM, both)
}

/**
 * Whether the token takes our nonce and looks at what a wrapping is bound to: there are tokens that make nonces of their
 * own.
 */
async function worksWithGcm(token: Token, key: TokenObject, random: Random): Promise<boolean> {
  const root = secretKeyRoot(token, key)
  const sample = random.bytes(AES_BYTES)
  const isRight = async (wrapped: Uint8Array, context: Uint8Array): Promise<boolean> => {
    try {
      return (await root.unwrap(wrapped, context)).equals(sample)
    } catch (error) {
      if (error instanceof KmipFault) return false
      throw error
    }
  }
  try {
    const wrapped = await root.wrap(sample, utf8('here'))
    return (await isRight(wrapped, utf8('here'))) && !(await isRight(wrapped, utf8('there')))
  } catch (error) {
    if (error instanceof TokenRefusal) return false
    throw error
  } finally {
    sample.destroy()
  }
}

/** The better hash for OAEP that the token has, and a fresh key that is carried with it. */
async function probePair(
  token: Token,
  key: TokenObject,
  random: Random,
): Promise<Required<Pick<RootKey, 'mechanism' | 'carried'>>> {
  const secret = random.bytes(AES_BYTES)
  for (const mechanism of ['rsa-oaep-sha256', 'rsa-oaep-sha1'] as const) {
    const wrapped = await carry(token, key, { carried: secret, mechanism })
    if (await carries(token, key, { secret, wrapped, mechanism })) {
      return { mechanism, carried: { secret, wrapped } }
    }
  }
  secret.destroy()
  throw refused('The token cannot use a root key for RSA-OAEP')
}

async function carries(
  token: Token,
  key: TokenObject,
  given: {
    readonly secret: Secret
    readonly wrapped: Uint8Array
    readonly mechanism: OaepMechanism
  },
): Promise<boolean> {
  const { secret, wrapped, mechanism } = given
  try {
    const back = await uncarry(token, key, { carried: wrapped, mechanism })
    const isSame = back.equals(secret)
    back.destroy()
    return isSame
  } catch (error) {
    if (error instanceof TokenRefusal) return false
    throw error
  }
}

function freshId(random: Random): Uint8Array {
  return random.bytes(ID_BYTES).expose((bytes) => Uint8Array.from(bytes))
}

function refused(message: string): KmipFault {
  return new KmipFault('UNAVAILABLE', message)
}

const ID_BYTES = 16
