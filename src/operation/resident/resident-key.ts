import { KmipFault } from '../../fault/fault.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { materialBytes } from '../../model/symmetric-key.ts'
import type { AsymmetricKind, CipherResult, Crypto } from '../../port/crypto.ts'
import { TokenRefusal, type TokenMechanism, type TokenObject } from '../../port/token.ts'
import { Secret } from '../../secret/secret.ts'
import { BlockCipherMode } from '../../spec/enum/block-cipher-mode.ts'
import { CryptographicAlgorithm as A } from '../../spec/enum/cryptographic-algorithm.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import { PaddingMethod } from '../../spec/enum/padding-method.ts'
import { PKCS_11ReturnCode as RC } from '../../spec/enum/pkcs-11-return-code.ts'
import { MechanismFlag, ObjectClass } from '../../spec/pkcs11/constant.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import type { OperationContext } from '../context.ts'
import type { Hsm } from '../pkcs11/token/hsm.ts'
import { unwrapByBlocks, wrapByBlocks } from './key-wrap.ts'
import {
  checkMechanism,
  cipherMechanism,
  macMechanism,
  tagLengthOf,
  type TokenCipher,
} from './mechanism.ts'
import { inToken, mechanismMissing } from './refusal.ts'
import { decryptionMechanism, signInToken, type Digested } from './rsa-and-curves.ts'

/** Bytes of data for one use of a key: a token works on them as a whole. */
export const MOST_DATA = 1_048_576

type Use = 'encrypt' | 'decrypt' | 'sign' | 'verify'

const FLAGS: Readonly<Record<Use, number>> = {
  encrypt: MechanismFlag.Encrypt,
  decrypt: MechanismFlag.Decrypt,
  sign: MechanismFlag.Sign,
  verify: MechanismFlag.Verify,
}

/** The half of a key pair that is never shown, and secret keys. */
const CLASSES: ReadonlyMap<ObjectType, number> = new Map<ObjectType, number>([
  [ObjectType.SymmetricKey, ObjectClass.SecretKey],
  [ObjectType.PrivateKey, ObjectClass.PrivateKey],
])

/** What the token knows the key of an object by. */
export function tokenObjectOf(
  { objectType, owner, uniqueIdentifier }: Omit<ManagedObject, 'attributes' | 'content'>,
  { residents }: Hsm,
  crypto: Crypto,
): TokenObject {
  return {
    objectClass: CLASSES.get(objectType) ?? ObjectClass.Data,
    label: residents.labelOf(owner, crypto),
    id: new TextEncoder().encode(uniqueIdentifier),
  }
}

/**
 * A key in the token, and what it does there. What a key is used for is asked before; parameters are refused as they
 * are for keys that are here (see `Crypto`), and everything else as `inToken` says.
 */
export class ResidentKey {
  readonly algorithm: A
  /** Bits. */
  readonly length: number
  /** Of a private key. */
  readonly kind: AsymmetricKind
  readonly #key: TokenObject
  readonly #hsm: Hsm
  readonly #crypto: Crypto

  /** Throws `UNAVAILABLE` where the server has no token. */
  constructor(object: ManagedObject, { hsm, crypto }: Pick<OperationContext, 'hsm' | 'crypto'>) {
    if (hsm === undefined) throw new KmipFault('UNAVAILABLE', 'The server has no token')
    this.algorithm = object.attributes.get('CryptographicAlgorithm') ?? A.AES
    this.length = object.attributes.get('CryptographicLength') ?? 0
    this.kind = this.algorithm === A.RSA ? 'RSA' : 'EC'
    this.#hsm = hsm
    this.#crypto = crypto
    this.#key = tokenObjectOf(object, hsm, crypto)
  }

  /** Encrypts with a symmetric key. */
  async encrypt(cipher: TokenCipher, data: Secret): Promise<CipherResult> {
    this.#checkCipher(cipher)
    if (cipher.parameters.blockCipherMode === BlockCipherMode.NISTKeyWrap) {
      return { data: await wrapByBlocks(data, async (block) => this.#block('encrypt', block)) }
    }
    const mechanism = cipherMechanism(cipher)
    this.#checkBlocks(cipher, data)
    const all = await this.#perform('encrypt', mechanism, data)
    if (cipher.parameters.blockCipherMode !== BlockCipherMode.GCM) return { data: Secret.take(all) }
    const end = all.length - tagLengthOf(cipher.parameters)
    return { data: Secret.take(all.slice(0, end)), tag: all.slice(end) }
  }

  /** @param tag - of GCM; where it is absent it is at the end of the data */
  async decrypt(cipher: TokenCipher, data: Secret, tag?: Uint8Array): Promise<Secret> {
    this.#checkCipher(cipher, tag)
    if (cipher.parameters.blockCipherMode === BlockCipherMode.NISTKeyWrap) {
      return unwrapByBlocks(data, async (block) => this.#block('decrypt', block))
    }
    const whole = tag === undefined ? data : joined(data, tag)
    try {
      return Secret.take(await this.#perform('decrypt', cipherMechanism(cipher), whole))
    } finally {
      if (whole !== data) whole.destroy()
    }
  }

  /** Decrypts with a private key of RSA. */
  async decryptByPrivate(parameters: CryptographicParameters, data: Secret): Promise<Secret> {
    const mechanism = decryptionMechanism(this.kind, parameters)
    return Secret.take(await this.#perform('decrypt', mechanism, data))
  }

  /** The signature of what was digested, in the form in which the standard has it. */
  async sign(digested: Digested): Promise<Uint8Array> {
    return signInToken(digested, this, this.#crypto, async (mechanism, data) =>
      this.#perform('sign', mechanism, data),
    )
  }

  async mac(parameters: CryptographicParameters, data: Secret): Promise<Uint8Array> {
    return this.#perform('sign', this.#macMechanism(parameters), data)
  }

  /** Whether a MAC is that of the data. */
  async isMacOf(
    mac: Uint8Array,
    parameters: CryptographicParameters,
    data: Secret,
  ): Promise<boolean> {
    const mechanism = this.#macMechanism(parameters)
    try {
      await this.#perform('verify', mechanism, data, mac)
      return true
    } catch (error) {
      const { cause } = error instanceof KmipFault ? error : {}
      if (cause instanceof TokenRefusal && WRONG.includes(cause.returnCode)) return false
      throw error
    }
  }

  #macMechanism(parameters: CryptographicParameters): TokenMechanism {
    const algorithm = this.algorithm
    this.#withStandIn((key) => this.#crypto.macs.begin({ algorithm, parameters, key }))
    return macMechanism(algorithm, parameters)
  }

  /** Parameters are refused by the same code that does it for other keys: with a key of the same length and no worth. */
  #checkCipher(cipher: TokenCipher, tag?: Uint8Array): void {
    const { ciphers } = this.#crypto
    this.#withStandIn((key) => {
      const begun =
        tag === undefined
          ? ciphers.beginEncrypt({ ...cipher, key })
          : ciphers.beginDecrypt({ ...cipher, key, tag })
      begun.destroy()
    })
  }

  #withStandIn(use: (key: Secret) => void): void {
    const key = Secret.take(new Uint8Array(materialBytes(this.algorithm, this.length)))
    use(key)
    key.destroy()
  }

  #checkBlocks({ algorithm, parameters }: TokenCipher, { length }: Secret): void {
    const isWhole = length % (algorithm === A.DES3 ? 8 : 16) === 0
    const { blockCipherMode: mode, paddingMethod } = parameters
    const needsWhole = mode === BlockCipherMode.ECB || mode === BlockCipherMode.CBC
    if (isWhole || !needsWhole || isPadding(paddingMethod)) return
    throw new KmipFault(
      'INVALID_FIELD',
      'The data does not come in whole blocks, and no padding is asked for',
    )
  }

  async #block(use: 'encrypt' | 'decrypt', block: Uint8Array): Promise<Uint8Array> {
    if (this.algorithm !== A.AES) throw mechanismMissing()
    const parameters = { blockCipherMode: BlockCipherMode.ECB }
    const data = Secret.take(block)
    try {
      return await this.#perform(use, cipherMechanism({ algorithm: A.AES, parameters }), data)
    } finally {
      data.destroy()
    }
  }

  async #perform(
    use: Use,
    mechanism: TokenMechanism,
    data: Secret,
    proof?: Uint8Array,
  ): Promise<Uint8Array> {
    const { token } = this.#hsm
    checkMechanism(token, mechanism.type, FLAGS[use])
    if (data.length > MOST_DATA) {
      throw new KmipFault('SERVER_LIMIT', 'The token does not take so much data at once')
    }
    const task = { use, mechanism, key: this.#key, data }
    return inToken(async () => token.perform(proof === undefined ? task : { ...task, proof }))
  }
}

const WRONG: readonly number[] = [RC.SIGNATURE_INVALID, RC.SIGNATURE_LEN_RANGE]

function isPadding(method: PaddingMethod | undefined): boolean {
  return method !== undefined && method !== PaddingMethod.None
}

function joined(data: Secret, tag: Uint8Array): Secret {
  const whole = new Uint8Array(data.length + tag.length)
  data.expose((bytes) => {
    whole.set(bytes)
  })
  whole.set(tag, data.length)
  return Secret.take(whole)
}
