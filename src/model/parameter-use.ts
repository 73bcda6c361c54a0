import { BlockCipherMode } from '../spec/enum/block-cipher-mode.ts'
import { PaddingMethod } from '../spec/enum/padding-method.ts'
import type { CryptographicParameters } from '../spec/structure/cryptographic-parameters.ts'

/** What Cryptographic Parameters are wanted for. */
export type ParameterUse = 'cipher' | 'keyEncryption' | 'signature' | 'mac'

/**
 * The first of a key's Cryptographic Parameters that may be meant for a use; undefined where all are for another one. A
 * key that both decrypts and signs has one of them for each (KMIP 1.4 sections 3.6 and 4.29).
 *
 * @param own - in the order of their indices
 */
export function parametersOf(
  own: readonly CryptographicParameters[],
  use: ParameterUse,
): CryptographicParameters | undefined {
  return own.find((parameters) => suits(parameters, use))
}

/** Whether Cryptographic Parameters of a key may be meant for a use. */
export function suits(parameters: CryptographicParameters, use: ParameterUse): boolean {
  return SUITS[use](parameters)
}

const M = BlockCipherMode
const P = PaddingMethod
const MAC_MODES: readonly unknown[] = [undefined, M.CMAC, M.CBC_MAC, M.GCM]
const ONLY_MAC_MODES: readonly unknown[] = [M.CMAC, M.CBC_MAC]
const ENCRYPTION_PADDINGS: readonly unknown[] = [P.OAEP, P.PKCS1V1_5]

const SUITS: Readonly<Record<ParameterUse, (parameters: CryptographicParameters) => boolean>> = {
  // A hash without a mode is that of an HMAC.
  cipher: ({ blockCipherMode: mode, hashingAlgorithm }) =>
    mode === undefined ? hashingAlgorithm === undefined : !ONLY_MAC_MODES.includes(mode),
  keyEncryption: ({ paddingMethod }) => ENCRYPTION_PADDINGS.includes(paddingMethod),
  signature: ({ paddingMethod, digitalSignatureAlgorithm }) =>
    digitalSignatureAlgorithm !== undefined || paddingMethod !== P.OAEP,
  mac: ({ blockCipherMode }) => MAC_MODES.includes(blockCipherMode),
}
