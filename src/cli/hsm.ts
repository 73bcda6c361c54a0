import { readPin, type SecretSource } from '../adapter/secret-source.ts'
import type { Config } from '../config/defaults.ts'
import type { HsmConfig } from '../config/hsm.ts'
import { describeBug } from '../fault/describe-bug.ts'
import { KmipFault } from '../fault/fault.ts'
import type { Hsm } from '../operation/pkcs11/token/hsm.ts'
import { Residents } from '../operation/resident/residents.ts'
import { sweepToken } from '../operation/resident/sweep.ts'
import type { Log } from '../port/log.ts'
import type { Sealer } from '../port/sealer.ts'
import type { Secret } from '../secret/secret.ts'
import { systemTicker } from '../server/ticker.ts'
import type { Core } from './core.ts'
import { onceOnly } from './descriptor.ts'
import { libraryEnvironment } from './library-environment.ts'

export interface HsmOptions {
  readonly log: Log
  readonly core: Pick<Core, 'sealer' | 'objects'>
  /** What {@link readHsmPin} gave. */
  readonly pin?: Secret | undefined
}

/**
 * Reads the PIN of the configured token where it comes by a descriptor, before the number of it could be that of a file
 * of the server's own. Throws `UNAVAILABLE`, `INVALID_FIELD` and wrong usage.
 */
export async function readHsmPin({ hsm }: Config): Promise<Secret | undefined> {
  if (hsm?.pinFd === undefined) return undefined
  return readPin(onceOnly({ kind: 'descriptor', number: hsm.pinFd }))
}

/**
 * Logs in to the configured token; undefined where there is none. The process that holds the vendor's library gets the
 * variables that such libraries are configured by. Throws `UNAVAILABLE`, `INVALID_FIELD` and `AUTHENTICATION_FAILED`.
 */
export async function openHsm(
  { hsm, policy }: Config,
  { log, core, pin: kept }: HsmOptions,
): Promise<Hsm | undefined> {
  if (hsm === undefined) {
    if (policy.residentKeys !== 'always') return undefined
    throw new KmipFault('INVALID_FIELD', 'policy.residentKeys is always, but there is no hsm')
  }
  const { openToken } = await import('../adapter/pkcs11/index.ts')
  const environment = libraryEnvironment()
  const { module, moduleParameters, slot, label, sessions, deadlineMs } = hsm
  const pin = pinOf(hsm, kept, environment['CREDENTIALS_DIRECTORY'])
  const settings = { module, moduleParameters, slot, label, sessions, deadlineMs, pin }
  const token = await openToken({ settings, environment, log })
  const { objectsPerClient, extractable } = hsm
  const realm = realmOf(core.sealer)
  const residents = new Residents({ token, realm, log, alarm: systemTicker })
  const opened = { token, objectsPerClient, extractable, residents }
  await lookThrough(opened, { log, core })
  return opened
}

/** Keys that the store does not need are told of, and do not keep the server from its start. */
async function lookThrough(
  hsm: Hsm,
  { log, core: { objects } }: { readonly log: Log; readonly core: Pick<Core, 'objects'> },
): Promise<void> {
  try {
    const read = async (identifier: string) =>
      (await objects.everyOf(identifier)).map(({ object }) => object)
    const { released, orphans } = await sweepToken(hsm, read)
    if (released > 0) log.info('keys of destroyed objects found in the token', { count: released })
    if (orphans.length === 0) return
    log.warn('keys without an object found in the token', {
      count: orphans.length,
      first: orphans.slice(0, TOLD),
    })
  } catch (error) {
    const why = error instanceof KmipFault ? { code: error.code } : describeBug(error)
    log.warn('keys in the token not looked through', { ...why })
  }
}

/** Unique Identifiers in one line of the log. */
const TOLD = 10

/** What the store is known by in the token: the same for as long as there is the store, and a copy of it. */
function realmOf(sealer: Sealer): string {
  return Buffer.from(sealer.blind('token', new Uint8Array(0))).toString('hex')
}

/** A file and a credential are read for each login; what came from a descriptor is kept, for it comes once. */
function pinOf(
  { pinFile, pinCredential }: HsmConfig,
  kept: Secret | undefined,
  credentials: string | undefined,
): () => Promise<Secret> {
  if (kept !== undefined) return async () => Promise.resolve(kept.clone())
  const source: SecretSource =
    pinFile === undefined
      ? { kind: 'credential', name: pinCredential ?? '' }
      : { kind: 'file', path: pinFile }
  return async () => readPin(source, credentials)
}
