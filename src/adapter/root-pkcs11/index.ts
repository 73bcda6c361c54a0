import { KmipFault } from '../../fault/fault.ts'
import type { Log } from '../../port/log.ts'
import type { Random } from '../../port/random.ts'
import type { RootOfTrust } from '../../port/root-of-trust.ts'
import type { Token } from '../../port/token.ts'
import type { Secret } from '../../secret/secret.ts'
import { ObjectClass } from '../../spec/pkcs11/constant.ts'
import { openToken } from '../pkcs11/index.ts'
import { wrappingRoot } from '../root-wrapping.ts'
import { readPin } from '../secret-source.ts'
import { checkRootKey } from './key-attributes.ts'
import { findRootKey, makeRootKey, type RootKeyRequest } from './new-key.ts'
import {
  readTokenParameters,
  type RecordedPin,
  type TokenPlace,
  type TokenRootParameters,
} from './parameters.ts'
import { opened, secretKeyRoot, TOKEN_ROOT, uncarry, WRONG_KEY } from './token-key.ts'

/** What a token is logged in to with. */
export interface TokenAccess {
  /** In place of the PIN whose place is recorded; it stays the caller's to destroy. */
  readonly pin?: Secret | undefined
  /** Of the process that holds the vendor's library; it also says where credentials are. */
  readonly environment?: Readonly<Record<string, string>>
  /** Milliseconds for one use of the token; to make a pair of keys there is twelve times as long. */
  readonly deadlineMs?: number
}

/** A root key that is wanted in a token. */
export interface TokenRootRequest extends TokenPlace, RootKeyRequest {
  /** Where the PIN is, to be recorded. */
  readonly pinSource?: RecordedPin | undefined
}

/** A root whose key was made in a token, and what is to be recorded of it. */
export interface NewTokenRoot {
  readonly root: RootOfTrust
  readonly parameters: TokenRootParameters
  /** Takes the key out of the token again, where it was made for this; the root is destroyed before. */
  readonly discard: () => Promise<void>
}

/** Makes a root key in a token, or takes one that is there. Throws `UNAVAILABLE`, and leaves no key behind then. */
export async function createTokenRoot(
  request: TokenRootRequest,
  access: TokenAccess,
  random: Random,
): Promise<NewTokenRoot> {
  const { module, moduleParameters, slot, label, pinSource: pin } = request
  const place = { module, moduleParameters, slot, label }
  const token = await login({ ...place, pin }, access)
  try {
    const { key, mechanism, isLocal, carried, made } = await makeRootKey(token, request, random)
    const parameters = {
      ...place,
      pin,
      keyId: Buffer.from(key.id).toString('hex'),
      mechanism,
      isLocal,
      carried: carried && Buffer.from(carried.wrapped).toString('base64'),
    }
    return {
      root: carried === undefined ? secretKeyRoot(token, key) : carriedRoot(token, carried.secret),
      parameters,
      async discard() {
        for (const object of made) await token.destroy(object)
      },
    }
  } catch (error) {
    await token.close()
    throw error
  }
}

/**
 * Opens the root key in a token: logs in, finds the key, and looks at its attributes. Throws `UNAVAILABLE` and
 * `AUTHENTICATION_FAILED` with a sentence for people; a PIN is tried once.
 *
 * @param recorded - as {@link createTokenRoot} gave them, parsed from JSON
 */
export async function openTokenRoot(recorded: unknown, access: TokenAccess): Promise<RootOfTrust> {
  const parameters = readTokenParameters(recorded)
  const { mechanism, keyId, isLocal } = parameters
  const token = await login(parameters, access)
  try {
    const kind = mechanism === 'aes-gcm' ? ObjectClass.SecretKey : ObjectClass.PrivateKey
    const key = await findRootKey(token, kind, keyId)
    await checkRootKey(token, key, isLocal)
    if (mechanism === 'aes-gcm') return secretKeyRoot(token, key)
    const carried = Buffer.from(parameters.carried ?? '', 'base64')
    return carriedRoot(token, await opened(async () => uncarry(token, key, { carried, mechanism })))
  } catch (error) {
    await token.close()
    throw error
  }
}

/** A root whose key RSA carried here. The token is closed with it. */
function carriedRoot(token: Token, key: Secret): RootOfTrust {
  return wrappingRoot({
    kind: TOKEN_ROOT,
    refusal: WRONG_KEY,
    key: async () => Promise.resolve(key),
    destroy() {
      key.destroy()
      void token.close()
    },
  })
}

async function login(
  place: TokenPlace & { readonly pin?: RecordedPin | undefined },
  { pin: given, environment = {}, deadlineMs = DEADLINE_MS }: TokenAccess,
): Promise<Token> {
  const { module, moduleParameters, slot, label, pin: source } = place
  const pin = async (): Promise<Secret> => {
    if (given !== undefined) return given.clone()
    if (source !== undefined) return readPin(source, environment['CREDENTIALS_DIRECTORY'])
    throw new KmipFault('UNAVAILABLE', NO_PIN)
  }
  const settings = { module, moduleParameters, slot, label, pin, sessions: SESSIONS, deadlineMs }
  return openToken({ settings, environment, log: SILENT })
}

const NO_PIN =
  'The root key is in a token whose PIN lies nowhere: give --pin-file, --pin-fd or --pin-credential'

/** A store is opened one key at a time, with a spare one while a session whose call was refused is replaced. */
const SESSIONS = 2
const DEADLINE_MS = 10_000

/** Whatever goes wrong while a store is opened is thrown. */
const SILENT: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => SILENT,
}
