import { cryptographicFailure } from '../../fault/cryptographic-failure.ts'
import { KmipFault } from '../../fault/fault.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import type { AsymmetricKind } from '../../port/crypto.ts'
import { Secret } from '../../secret/secret.ts'
import { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import type { OperationContext } from '../context.ts'
import type { DerivationInput } from './derivation-input.ts'
import { privateKeyOf, publicKeyOf } from './key-material.ts'

const A = CryptographicAlgorithm

/** The kinds of keys that an algorithm agrees with; where none is named it is the keys'. */
const KINDS: ReadonlyMap<number, readonly AsymmetricKind[]> = new Map<
  number,
  readonly AsymmetricKind[]
>([
  [A.DH, ['DH']],
  [A.ECDH, ['EC', 'X25519', 'X448']],
  [A.EC, ['EC', 'X25519', 'X448']],
])

/**
 * The first bytes of the secret that a private and a public key agree on (KMIP 2.1 section 11.14). The two may come in
 * either order.
 *
 * @throws KmipFault `INVALID_FIELD` where they are not of one kind and group, or something else is given,
 *   `UNSUPPORTED_CRYPTOGRAPHY` for ECMQV, `CRYPTO_FAILED`
 */
export function agreedSecret(input: DerivationInput, context: OperationContext): Secret {
  const { stated, parameters, length } = input
  if (stated.derivationData.length > 0 || stated.initializationVector !== undefined) {
    throw new KmipFault('INVALID_FIELD', 'Keys agree without Derivation Data')
  }
  const { own, peer } = halves(input)
  const privateKey = privateKeyOf(own, context)
  try {
    checkKind(parameters.cryptographicAlgorithm, privateKey.kind)
    const publicKey = publicKeyOf(peer, context)
    const agreed = context.crypto.keys.agree(privateKey, publicKey)
    publicKey.destroy()
    return firstOf(agreed, length)
  } finally {
    privateKey.destroy()
  }
}

function halves({ base, other }: DerivationInput): {
  readonly own: ManagedObject
  readonly peer: ManagedObject
} {
  const pair = other === undefined ? [base] : [base, other]
  const own = pair.find(({ objectType }) => objectType === ObjectType.PrivateKey)
  const peer = pair.find(({ objectType }) => objectType === ObjectType.PublicKey)
  if (own !== undefined && peer !== undefined) return { own, peer }
  throw new KmipFault('WRONG_OBJECT_TYPE', 'A private key and a public key are needed')
}

function checkKind(algorithm: CryptographicAlgorithm | undefined, kind: AsymmetricKind): void {
  if (algorithm === undefined) return
  const kinds = KINDS.get(algorithm)
  if (kinds === undefined) {
    throw new KmipFault('UNSUPPORTED_CRYPTOGRAPHY', 'Agreement by this algorithm is not supported')
  }
  if (!kinds.includes(kind)) {
    throw new KmipFault('INVALID_FIELD', 'The keys are not for this algorithm')
  }
}

function firstOf(agreed: Secret, length: number): Secret {
  try {
    if (agreed.length < length) {
      throw cryptographicFailure()
    }
    return agreed.expose((bytes) => Secret.copyOf(bytes.subarray(0, length)))
  } finally {
    agreed.destroy()
  }
}
