import { cryptographicFailure } from '../../fault/cryptographic-failure.ts'
import { KmipFault } from '../../fault/fault.ts'
import { TokenRefusal } from '../../port/token.ts'
import { PKCS_11ReturnCode as RC } from '../../spec/enum/pkcs-11-return-code.ts'

/** What a token may say no to because of the request or the key, whatever the data is. */
const TOLD: ReadonlyMap<number, () => KmipFault> = new Map<number, () => KmipFault>([
  [RC.MECHANISM_INVALID, mechanismMissing],
  [RC.MECHANISM_PARAM_INVALID, mechanismMissing],
  [RC.KEY_TYPE_INCONSISTENT, mechanismMissing],
  [RC.KEY_SIZE_RANGE, mechanismMissing],
  [RC.OBJECT_HANDLE_INVALID, keyGone],
  [RC.KEY_HANDLE_INVALID, keyGone],
  [
    RC.KEY_FUNCTION_NOT_PERMITTED,
    () => new KmipFault('INCOMPATIBLE_USAGE', 'The key in the token does not permit this use'),
  ],
  [RC.DEVICE_MEMORY, tokenFull],
])

/**
 * Does something with the token. Whatever it refuses because of the data is one fault with one text, for tokens are
 * known that tell right padding from wrong. Throws `UNSUPPORTED_CRYPTOGRAPHY`, `KEY_VALUE_NOT_PRESENT` for a key that
 * is not in the token any more, `INCOMPATIBLE_USAGE`, `SERVER_LIMIT`, `CRYPTO_FAILED`, and `UNAVAILABLE` for a token
 * that cannot be reached.
 */
export async function inToken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof TokenRefusal)) throw error
    throw TOLD.get(error.returnCode)?.() ?? cryptographicFailure(error)
  }
}

/** The fault for what the token cannot do. */
export function mechanismMissing(): KmipFault {
  return new KmipFault('UNSUPPORTED_CRYPTOGRAPHY', 'The token does not do this')
}

export function tokenFull(): KmipFault {
  return new KmipFault('SERVER_LIMIT', 'The client has too many keys in the token')
}

function keyGone(): KmipFault {
  return new KmipFault('KEY_VALUE_NOT_PRESENT', 'The key is not in the token any more')
}
