import { readPin, type SecretSource } from '../adapter/secret-source.ts'
import type { Config } from '../config/defaults.ts'
import type { HsmConfig } from '../config/hsm.ts'
import type { Hsm } from '../operation/pkcs11/token/hsm.ts'
import type { Log } from '../port/log.ts'
import type { Secret } from '../secret/secret.ts'
import { libraryEnvironment } from './library-environment.ts'

/**
 * Logs in to the configured token; undefined where there is none. The process that holds the vendor's library gets the
 * variables that such libraries are configured by. Throws `UNAVAILABLE`, `INVALID_FIELD` and `AUTHENTICATION_FAILED`.
 */
export async function openHsm({ hsm }: Config, log: Log): Promise<Hsm | undefined> {
  if (hsm === undefined) return undefined
  const { openToken } = await import('../adapter/pkcs11/index.ts')
  const environment = libraryEnvironment()
  const { module, moduleParameters, slot, label, sessions, deadlineMs } = hsm
  const pin = await pinOf(hsm, environment['CREDENTIALS_DIRECTORY'])
  const settings = { module, moduleParameters, slot, label, sessions, deadlineMs, pin }
  const token = await openToken({ settings, environment, log })
  return { token, objectsPerClient: hsm.objectsPerClient, extractable: hsm.extractable }
}

/** A file and a credential are read for each login; what came from a descriptor is kept, for it comes once. */
async function pinOf(
  { pinFile, pinCredential, pinFd }: HsmConfig,
  credentials: string | undefined,
): Promise<() => Promise<Secret>> {
  if (pinFd !== undefined) {
    const kept = await readPin({ kind: 'descriptor', number: pinFd })
    return async () => Promise.resolve(kept.clone())
  }
  const source: SecretSource =
    pinFile === undefined
      ? { kind: 'credential', name: pinCredential ?? '' }
      : { kind: 'file', path: pinFile }
  return async () => readPin(source, credentials)
}
