import type { RootAccess } from '../adapter/root-of-directory.ts'
import {
  isCredentialName,
  nameOf,
  readPin,
  readSecret,
  type SecretSource,
} from '../adapter/secret-source.ts'
import type { Secret } from '../secret/secret.ts'
import { onceOnly } from './descriptor.ts'
import { libraryEnvironment } from './library-environment.ts'
import { wrongUsage } from './failure.ts'
import { descriptorOption, textOption } from './option.ts'
import { warn } from './output.ts'

/** The options of every command that may have to open a store. */
export const openingOptions = {
  'passphrase-file': textOption(
    'passphrase-file',
    'file whose first line is the passphrase that opens the store',
  ),
  'passphrase-fd': descriptorOption('passphrase-fd', 'open descriptor to read the passphrase from'),
  'passphrase-credential': textOption(
    'passphrase-credential',
    'systemd credential that is the passphrase',
  ),
  'pin-file': textOption('pin-file', 'file whose first line is the PIN of the token'),
  'pin-fd': descriptorOption('pin-fd', 'open descriptor to read the PIN from'),
  'pin-credential': textOption('pin-credential', 'systemd credential that is the PIN'),
} as const

/** What those options were given as. */
export interface Opening {
  readonly 'passphrase-file'?: string | undefined
  readonly 'passphrase-fd'?: number | undefined
  readonly 'passphrase-credential'?: string | undefined
  readonly 'pin-file'?: string | undefined
  readonly 'pin-fd'?: number | undefined
  readonly 'pin-credential'?: string | undefined
}

/**
 * Reads what opens a store from where the command line says, hands it to `use` and forgets it afterwards. Throws wrong
 * usage for more than one place of the same.
 */
export async function withAccess<T>(
  given: Opening,
  use: (access: RootAccess) => Promise<T>,
): Promise<T> {
  const sources = sourcesOf(given)
  const environment = libraryEnvironment()
  const credentials = environment['CREDENTIALS_DIRECTORY']
  const read: Secret[] = []
  const keep = (secret: Secret): Secret => {
    read.push(secret)
    return secret
  }
  try {
    const { passphrase, pin } = sources
    return await use({
      environment,
      passphrase: passphrase && keep(await readPassphrase(onceOnly(passphrase), credentials)),
      pin: pin && keep(await readPin(onceOnly(pin), credentials)),
    })
  } finally {
    for (const secret of read) secret.destroy()
  }
}

/** Where the command line says that the passphrase and the PIN are. Throws wrong usage. */
export function sourcesOf(given: Opening): {
  readonly passphrase: SecretSource | undefined
  readonly pin: SecretSource | undefined
} {
  if (given['passphrase-fd'] !== undefined && given['passphrase-fd'] === given['pin-fd']) {
    throw wrongUsage('--passphrase-fd and --pin-fd are the same descriptor')
  }
  return {
    passphrase: sourceOf('passphrase', {
      file: given['passphrase-file'],
      descriptor: given['passphrase-fd'],
      credential: given['passphrase-credential'],
    }),
    pin: sourceOf('pin', {
      file: given['pin-file'],
      descriptor: given['pin-fd'],
      credential: given['pin-credential'],
    }),
  }
}

interface Places {
  readonly file: string | undefined
  readonly descriptor: number | undefined
  readonly credential: string | undefined
}

function sourceOf(
  name: string,
  { file, descriptor, credential }: Places,
): SecretSource | undefined {
  const places = [file, descriptor, credential].filter((each) => each !== undefined)
  if (places.length > 1) {
    throw wrongUsage(`give one of --${name}-file, --${name}-fd and --${name}-credential`)
  }
  if (file !== undefined) return { kind: 'file', path: file }
  if (descriptor !== undefined) return { kind: 'descriptor', number: descriptor }
  if (credential === undefined) return undefined
  if (isCredentialName(credential)) return { kind: 'credential', name: credential }
  throw wrongUsage(`--${name}-credential takes the name of a credential, not '${credential}'`)
}

async function readPassphrase(source: SecretSource, credentials?: string): Promise<Secret> {
  const { secret, isExposed } = await readSecret(source, { what: 'passphrase', credentials })
  if (isExposed) {
    const advice = source.kind === 'file' ? ': chmod 600 it' : ''
    warn(`others may read the passphrase ${nameOf(source)}${advice}`)
  }
  return secret
}
