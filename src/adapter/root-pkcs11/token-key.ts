import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import { KmipFault } from '../../fault/fault.ts'
import type { RootOfTrust } from '../../port/root-of-trust.ts'
import {
  TokenRefusal,
  type Token,
  type TokenMechanism,
  type TokenObject,
  type TokenTask,
} from '../../port/token.ts'
import { Secret } from '../../secret/secret.ts'
import { PKCS_11ReturnCode as RC } from '../../spec/enum/pkcs-11-return-code.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../spec/pkcs11/attribute.ts'
import { MaskGeneration, Mechanism } from '../../spec/pkcs11/constant.ts'
import { IV_BYTES, TAG_BYTES } from '../aes-gcm.ts'
import { destroyedRoot, rootContext } from '../root-wrapping.ts'
import type { RootMechanism } from './parameters.ts'

/** The kind of roots whose key is in a token. */
export const TOKEN_ROOT = 'pkcs11'

export const WRONG_KEY = 'The root key in the token does not open this store'

/** A root that has the token do AES-256-GCM. Wrapped: format, IV, ciphertext, tag. The token is closed with it. */
export function secretKeyRoot(token: Token, key: TokenObject): RootOfTrust {
  let isDestroyed = false
  const use = async (task: Pick<TokenTask, 'use' | 'mechanism' | 'data'>): Promise<Uint8Array> => {
    if (isDestroyed) throw destroyedRoot()
    return token.perform({ ...task, key })
  }
  return {
    kind: TOKEN_ROOT,
    async wrap(wrapped, context) {
      const iv = randomBytes(IV_BYTES)
      const output = await use({ use: 'encrypt', mechanism: gcm(iv, context), data: wrapped })
      return Buffer.concat([Uint8Array.of(FORMAT), iv, output])
    },
    async unwrap(wrapped, context) {
      if (isDestroyed) throw destroyedRoot()
      if (wrapped[0] !== FORMAT || wrapped.length < 1 + IV_BYTES + TAG_BYTES) throw wrongKey()
      const mechanism = gcm(wrapped.subarray(1, 1 + IV_BYTES), context)
      const data = Secret.copyOf(wrapped.subarray(1 + IV_BYTES))
      return opened(async () => Secret.take(await use({ use: 'decrypt', mechanism, data })))
    },
    destroy() {
      isDestroyed = true
      void token.close()
    },
  }
}

/** Encrypts a key for the private key in the token, with the public half of it, here. */
export async function carry(
  token: Token,
  key: TokenObject,
  { carried, mechanism }: { readonly carried: Secret; readonly mechanism: OaepMechanism },
): Promise<Uint8Array> {
  const [modulus, exponent] = await token.read(key, [CKA.MODULUS[0], CKA.PUBLIC_EXPONENT[0]])
  const n = modulus !== undefined && 'value' in modulus ? modulus.value : undefined
  const e = exponent !== undefined && 'value' in exponent ? exponent.value : undefined
  if (!(n instanceof Uint8Array)) {
    throw new KmipFault('UNAVAILABLE', 'The token does not tell the public half of the root key')
  }
  const jwk = {
    kty: 'RSA',
    n: Buffer.from(n).toString('base64url'),
    e: Buffer.from(e instanceof Uint8Array ? e : STANDARD_EXPONENT).toString('base64url'),
  }
  const options = {
    key: createPublicKey({ key: jwk, format: 'jwk' }),
    padding: constants.RSA_PKCS1_OAEP_PADDING,
    oaepHash: OAEP[mechanism].name,
  }
  return carried.expose((bytes) => publicEncrypt(options, bytes))
}

/** Has the token decrypt what {@link carry} made. Throws `TokenRefusal` when it was made for another key. */
export async function uncarry(
  token: Token,
  key: TokenObject,
  { carried, mechanism }: { readonly carried: Uint8Array; readonly mechanism: OaepMechanism },
): Promise<Secret> {
  const { hash, mask } = OAEP[mechanism]
  const parameter = { kind: 'oaep', hash, mask, label: new Uint8Array(0) } as const
  const task: TokenTask = {
    use: 'decrypt',
    mechanism: { type: Mechanism.RSA_PKCS_OAEP, parameter },
    key,
    data: Secret.copyOf(carried),
  }
  return Secret.take(await token.perform(task))
}

export type OaepMechanism = Exclude<RootMechanism, 'aes-gcm'>

const OAEP = {
  'rsa-oaep-sha1': { name: 'sha1', hash: Mechanism.SHA_1, mask: MaskGeneration.MGF1_SHA1 },
  'rsa-oaep-sha256': { name: 'sha256', hash: Mechanism.SHA256, mask: MaskGeneration.MGF1_SHA256 },
} as const satisfies Record<OaepMechanism, object>

const STANDARD_EXPONENT = Uint8Array.of(1, 0, 1)

function gcm(iv: Uint8Array, context: Uint8Array): TokenMechanism {
  const associated = rootContext(TOKEN_ROOT, FORMAT, context)
  const parameter = { kind: 'gcm', iv, associated, tagBits: TAG_BYTES * 8 } as const
  return { type: Mechanism.AES_GCM, parameter }
}

/**
 * What the token decrypted. Throws `UNAVAILABLE` where it refused: tokens differ in what they call a tag or a padding
 * that is wrong.
 */
export async function opened(work: () => Promise<Secret>): Promise<Secret> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof TokenRefusal)) throw error
    if (error.returnCode === RC.OBJECT_HANDLE_INVALID) {
      throw new KmipFault('UNAVAILABLE', 'The root key is not in the token any more')
    }
    throw wrongKey()
  }
}

function wrongKey(): KmipFault {
  return new KmipFault('UNAVAILABLE', WRONG_KEY)
}

const FORMAT = 1
