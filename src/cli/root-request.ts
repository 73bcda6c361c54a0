import { resolve } from 'node:path'
import type { RootAccess, RootRequest } from '../adapter/root-of-directory.ts'
import type { SecretSource } from '../adapter/secret-source.ts'
import { wrongUsage } from './failure.ts'
import { sourcesOf, type Opening } from './opening.ts'
import { choiceOption, numberOption, textOption } from './option.ts'

export const ROOTS = ['file', 'passphrase', 'pkcs11'] as const
const KEY_KINDS = ['aes', 'rsa'] as const

/** The options that say what is to open a store from now on; the passphrase and the PIN have options of their own. */
export const rootOptions = {
  root: choiceOption(
    'root',
    'what opens the store: file, passphrase or pkcs11 [default: the passphrase that is given, or a file]',
    ROOTS,
  ),
  module: textOption('module', 'PKCS#11 library of the token that is to have the root key'),
  'module-parameters': textOption('module-parameters', 'what that library is told when it begins'),
  slot: numberOption('slot', 'identifier of the slot of the token', { least: 0, most: 1e15 - 1 }),
  token: textOption('token', 'label of the token'),
  'root-key': choiceOption(
    'root-key',
    'key to make there, aes or rsa [default: aes where the token can, or else rsa]',
    KEY_KINDS,
  ),
  'key-id': textOption('key-id', 'identifier (CKA_ID, hex) of a key there to take instead'),
} as const

/** What those options were given as. */
export interface RootGiven extends Opening {
  readonly root?: (typeof ROOTS)[number] | undefined
  readonly module?: string | undefined
  readonly 'module-parameters'?: string | undefined
  readonly slot?: number | undefined
  readonly token?: string | undefined
  readonly 'root-key'?: (typeof KEY_KINDS)[number] | undefined
  readonly 'key-id'?: string | undefined
}

/** How the options are written that a refusal names: that of the kind, and what those of secrets begin with. */
interface RootWords {
  readonly root: string
  readonly secret: string
}

/**
 * Reads which root of trust is wanted. What it is made with comes when it was read. Throws wrong usage for options that
 * do not go together.
 */
export function planRoot(
  given: RootGiven,
  words: RootWords = { root: '--root', secret: '--' },
): (access: RootAccess) => RootRequest {
  const { passphrase, pin } = sourcesOf(given)
  const kind = given.root ?? (passphrase === undefined ? 'file' : 'passphrase')
  if (kind !== 'passphrase' && passphrase !== undefined) {
    throw wrongUsage(`${words.root} ${kind} has no passphrase`)
  }
  if (kind === 'pkcs11') return planToken(given, pin, words)
  const foreign = TOKEN_OPTIONS.find((name) => given[name] !== undefined)
  if (foreign !== undefined) {
    const prefix = foreign.startsWith('pin-') ? words.secret : '--'
    throw wrongUsage(`${prefix}${foreign} is for ${words.root} pkcs11`)
  }
  if (kind === 'file') return () => ({ kind: 'file' })
  return ({ passphrase: read }) => {
    if (read !== undefined) return { kind: 'passphrase', passphrase: read }
    throw wrongUsage(`${words.root} passphrase needs ${sourcesFor('passphrase', words)}`)
  }
}

const TOKEN_OPTIONS = [
  'module',
  'module-parameters',
  'slot',
  'token',
  'root-key',
  'key-id',
  'pin-file',
  'pin-fd',
  'pin-credential',
] as const

function sourcesFor(secret: 'passphrase' | 'pin', words: RootWords): string {
  const option = `${words.secret}${secret}`
  return `${option}-file, ${option}-fd or ${option}-credential`
}

function planToken(
  given: RootGiven,
  pin: SecretSource | undefined,
  words: RootWords,
): (access: RootAccess) => RootRequest {
  const { module, slot, token: label } = given
  if (module === undefined) throw wrongUsage(`${words.root} pkcs11 needs --module`)
  if ((slot === undefined) === (label === undefined)) {
    throw wrongUsage(`${words.root} pkcs11 needs either --slot or --token`)
  }
  if (pin === undefined) {
    throw wrongUsage(`${words.root} pkcs11 needs ${sourcesFor('pin', words)}`)
  }
  const request = {
    module: resolve(module),
    moduleParameters: given['module-parameters'],
    slot,
    label,
    keyKind: given['root-key'],
    keyId: keyIdOf(given['key-id']),
    pinSource: lasting(pin),
  }
  return (access) => ({ kind: 'pkcs11', request, access })
}

/** What is recorded of where the PIN is: a descriptor is told with each command. */
function lasting(pin: SecretSource): Exclude<SecretSource, { kind: 'descriptor' }> | undefined {
  switch (pin.kind) {
    case 'file':
      return { kind: 'file', path: resolve(pin.path) }
    case 'credential':
      return pin
    case 'descriptor':
      return undefined
  }
}

function keyIdOf(text: string | undefined): string | undefined {
  if (text === undefined || /^(?:[0-9a-f]{2}){1,255}$/i.test(text)) return text?.toLowerCase()
  throw wrongUsage(`--key-id takes bytes in hex, not '${text}'`)
}
