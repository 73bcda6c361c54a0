import { cryptographicFailure } from '../../fault/cryptographic-failure.ts'
import { KmipFault } from '../../fault/fault.ts'
import type { Bytes } from '../../port/crypto.ts'
import { Secret } from '../../secret/secret.ts'
import { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import type { OperationContext } from '../context.ts'
import type { DerivationInput } from './derivation-input.ts'
import { withKeyBytes } from './key-material.ts'

const PREFIX = new TextEncoder().encode('AWS4')
const TERMINATION = new TextEncoder().encode('aws4_request')

/**
 * The signing key of AWS Signature Version 4: HMAC-SHA-256 over date, region, service and the closing word, each keyed
 * with what came before it (KMIP 2.1 section 7.12).
 *
 * @throws KmipFault `INVALID_FIELD` unless there are three Derivation Data and nothing else, `CRYPTO_FAILED` for more
 *   than 32 bytes
 */
export function signingKey(
  { base, other, stated, length }: DerivationInput,
  context: OperationContext,
): Secret {
  const { derivationData: parts, initializationVector } = stated
  if (parts.length !== 3 || other !== undefined || initializationVector !== undefined) {
    throw new KmipFault('INVALID_FIELD', 'Date, Region and Service are needed, and nothing else')
  }
  const first = withKeyBytes(base, context, (key) => key.expose(withPrefix))
  const last = [...parts.slice(0, 3), TERMINATION].reduce<Secret>(
    (key, part) => step(key, part, context),
    first,
  )
  try {
    if (length > last.length) {
      throw cryptographicFailure()
    }
    return last.expose((bytes) => Secret.copyOf(bytes.subarray(0, length)))
  } finally {
    last.destroy()
  }
}

function withPrefix(key: Uint8Array): Secret {
  const whole = new Uint8Array(PREFIX.length + key.length)
  whole.set(PREFIX)
  whole.set(key, PREFIX.length)
  return Secret.take(whole)
}

/** Takes over the key. */
function step(key: Secret, part: Bytes, { crypto }: OperationContext): Secret {
  const algorithm = CryptographicAlgorithm.HMAC_SHA256
  try {
    return Secret.take(crypto.macs.mac({ algorithm, parameters: {}, key }, part))
  } finally {
    key.destroy()
  }
}
