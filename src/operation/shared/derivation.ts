import { KmipFault } from '../../fault/fault.ts'
import { hashOfHmac, hmacOfHash } from '../../model/hmac.ts'
import type { Bytes, CounterKdfRequest, MacRequest } from '../../port/crypto.ts'
import type { Secret } from '../../secret/secret.ts'
import { DerivationMethod } from '../../spec/enum/derivation-method.ts'
import { HashingAlgorithm } from '../../spec/enum/hashing-algorithm.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import type { DerivationParameters } from '../../spec/structure/derivation-parameters.ts'
import type { OperationContext } from '../context.ts'
import { agreedSecret } from './agreement.ts'
import { signingKey } from './aws-signing-key.ts'
import { cipherRequest } from './cipher.ts'
import type { DerivationInput } from './derivation-input.ts'
import { derivationData, singleData } from './derivation-data.ts'
import { withKeyBytes } from './key-material.ts'

type Method = (input: DerivationInput, context: OperationContext) => Secret | Promise<Secret>

/**
 * Derives the material of a new key (KMIP 1.4 section 4.6, KMIP 2.1 sections 7.12, 11.14).
 *
 * @throws KmipFault `INVALID_FIELD` for parameters that a method lacks or does not take, `INVALID_MESSAGE` for data that
 *   comes twice, `UNSUPPORTED_CRYPTOGRAPHY`, `CRYPTO_FAILED` also for more bytes than a method gives, `SERVER_LIMIT` for
 *   more iterations than policy allows, and what reading the objects' keys throws
 */
export async function derive(
  method: DerivationMethod,
  input: DerivationInput,
  context: OperationContext,
): Promise<Secret> {
  const derivation = METHODS.get(method)
  if (derivation === undefined) throw refused('The Derivation Method is not known')
  return derivation(input, context)
}

/** The password is the object; its length does not matter. */
const pbkdf2: Method = async (input, context) => {
  const { base, stated, length } = input
  checkNoData(input)
  checkNoIv(stated)
  const { salt, iterationCount: iterations } = stated
  if (salt === undefined || iterations === undefined) {
    throw refused('PBKDF2 needs Salt and Iteration Count')
  }
  const hash = hashIn(input.parameters) ?? HashingAlgorithm.SHA_1
  const blocks = Math.ceil(length / context.crypto.hashes.size(hash))
  if (blocks * iterations > context.policy.derivationIterations) {
    throw new KmipFault('SERVER_LIMIT', 'The server iterates less often')
  }
  return context.slowly(async () =>
    withKeyBytes(base, context, async (password) =>
      context.crypto.derivation.pbkdf2({ hash, password, salt, iterations, length }),
    ),
  )
}

/** Over the key or over the data: whichever there is, and not both. */
const hash: Method = (input, context) => {
  const { base, stated, length } = input
  checkNoData(input)
  checkNoIv(stated)
  const algorithm = hashIn(input.parameters)
  if (algorithm === undefined) throw refused('Hashing Algorithm is missing')
  return withKeyBytes(base, context, (key) =>
    context.crypto.derivation.hash(algorithm, key, length),
  )
}

const hmac: Method = (input, context) => {
  checkNoIv(input.stated)
  return withData(input, context, (data) => {
    const algorithm = hmacOfHash(prfHash(input))
    if (algorithm === undefined) throw unsupported('HMAC with the Hashing Algorithm')
    return withKeyBytes(input.base, context, (key) => {
      const request: MacRequest = { algorithm, parameters: {}, key }
      return context.crypto.derivation.mac(request, data, input.length)
    })
  })
}

const encrypt: Method = (input, context) =>
  withData(input, context, (data) => {
    const { base, parameters, stated, length } = input
    const iv = stated.initializationVector
    const cipher = cipherRequest(base, { parameters, iv, associated: undefined }, context)
    return withKeyBytes(base, context, (key) =>
      context.crypto.derivation.encrypt({ ...cipher, key }, data, length),
    )
  })

const sp800108 =
  (mode: CounterKdfRequest['mode']): Method =>
  (input, context) =>
    withData(input, context, (fixed) => {
      const { base, stated, length, parameters } = input
      if (parameters.blockCipherMode !== undefined) throw unsupported('A PRF of a block cipher')
      const { initializationVector: iv } = stated
      const request = {
        mode,
        hash: prfHash(input),
        fixed,
        length,
        ...(iv === undefined ? {} : { iv }),
      }
      return withKeyBytes(base, context, (key) =>
        context.crypto.derivation.sp800108({ ...request, key }),
      )
    })

/** RFC 5869: salt and context may be empty; the hash is SHA-256 unless it is said (KMIP 2.1 section 7.12). */
const hkdf: Method = (input, context) => {
  const { base, stated, parameters, length } = input
  checkNoIv(stated)
  const info = singleData(stated) ?? new Uint8Array(0)
  if (input.other !== undefined) throw refused('HKDF takes one object')
  const salt = stated.salt ?? new Uint8Array(0)
  const algorithm = hashIn(parameters) ?? HashingAlgorithm.SHA_256
  const derived = (bytes: Uint8Array) =>
    withKeyBytes(base, context, (key) =>
      context.crypto.derivation.hkdf({ hash: algorithm, key, salt, info: bytes, length }),
    )
  return info instanceof Uint8Array ? derived(info) : info.expose(derived)
}

const M = DerivationMethod

const METHODS: ReadonlyMap<number, Method> = new Map<number, Method>([
  [M.PBKDF2, pbkdf2],
  [M.HASH, hash],
  [M.HMAC, hmac],
  [M.ENCRYPT, encrypt],
  [M.NIST800_108_C, sp800108('counter')],
  [M.NIST800_108_F, sp800108('feedback')],
  [M.NIST800_108_DPI, sp800108('double-pipeline')],
  [M.AsymmetricKey, agreedSecret],
  [M.AWSSignatureVersion4, signingKey],
  [M.HKDF, hkdf],
])

/** Lets `use` see the data, which must be there. Throws `INVALID_FIELD`, `INVALID_MESSAGE`. */
function withData<R>(
  input: DerivationInput,
  context: OperationContext,
  use: (data: Bytes) => R,
): R {
  return derivationData(input, context, (data) => {
    if (data === undefined) throw refused('Derivation Data is missing')
    return use(data)
  })
}

/** For methods in which the object itself is what they work on. */
function checkNoData({ stated, other }: DerivationInput): void {
  if (stated.derivationData.length > 0 || other !== undefined) {
    throw new KmipFault('INVALID_MESSAGE', 'What is to be derived from comes twice')
  }
}

function checkNoIv({ initializationVector }: DerivationParameters): void {
  if (initializationVector !== undefined) throw refused('The method takes no Initialization Vector')
}

/** The hash that parameters name, as such or as that of an HMAC. */
function hashIn(parameters: CryptographicParameters): HashingAlgorithm | undefined {
  return parameters.hashingAlgorithm ?? hashOfHmac(parameters.cryptographicAlgorithm)
}

/** What an HMAC key is for says which function to use; parameters are for other keys (KMIP 1.4 section 4.6). */
function prfHash({ base, parameters }: DerivationInput): HashingAlgorithm {
  const algorithm = base.attributes.get('CryptographicAlgorithm')
  const found = hashOfHmac(algorithm) ?? hashIn(parameters)
  if (found === undefined) throw refused('Hashing Algorithm is missing')
  return found
}

function refused(what: string): KmipFault {
  return new KmipFault('INVALID_FIELD', what)
}

function unsupported(what: string): KmipFault {
  return new KmipFault('UNSUPPORTED_CRYPTOGRAPHY', `${what} is not supported`)
}
