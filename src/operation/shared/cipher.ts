import { KmipFault } from '../../fault/fault.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import type { CipherRequest } from '../../port/crypto.ts'
import { BlockCipherMode } from '../../spec/enum/block-cipher-mode.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import type { OperationContext } from '../context.ts'
import { algorithmOf } from './key-material.ts'

/** What a request says of a symmetric cipher beside its key. */
export interface CipherWishes {
  readonly parameters: CryptographicParameters
  readonly iv: Uint8Array | undefined
  readonly associated: Uint8Array | undefined
}

/** Bytes of the IV that GCM is made for (SP 800-38D section 5.2.1.1). */
const GCM_IV = 12

/** What the cipher needs but for its key. Throws `INVALID_FIELD` for an IV that policy does not allow. */
export function cipherRequest(
  object: ManagedObject,
  { parameters, iv, associated }: CipherWishes,
  { policy }: OperationContext,
): Omit<CipherRequest, 'key'> {
  const isGcm = parameters.blockCipherMode === BlockCipherMode.GCM
  if (isGcm && iv !== undefined && iv.length !== GCM_IV && !policy.anyGcmIv) {
    throw new KmipFault('INVALID_FIELD', 'The IV of GCM must have 96 bits')
  }
  return {
    algorithm: algorithmOf(object, parameters),
    parameters,
    shortTags: policy.shortTags,
    ...(iv === undefined ? {} : { iv }),
    ...(associated === undefined ? {} : { associated }),
  }
}

/**
 * The IV that the server makes where the request has none: unless Random IV is false, for then the client means to give
 * one (KMIP 1.4 sections 3.6 and 4.29). Undefined where the mode takes none.
 */
export function madeIv(
  object: ManagedObject,
  { parameters, iv }: CipherWishes,
  { crypto, random }: OperationContext,
): Uint8Array | undefined {
  if (iv !== undefined || parameters.randomIV === false) return undefined
  const length = crypto.ciphers.ivLength(algorithmOf(object, parameters), parameters)
  if (length === 0) return undefined
  const made = random.bytes(length)
  return made.expose((bytes) => Uint8Array.from(bytes))
}
