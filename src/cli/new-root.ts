import type { RootRequest } from '../adapter/root-of-directory.ts'
import { withAccess, type Opening } from './opening.ts'
import { descriptorOption, textOption } from './option.ts'
import { wrongUsage } from './failure.ts'
import { planRoot, rootOptions, type RootGiven } from './root-request.ts'

/** What a root of trust is made of that comes to be, beside the options of the one that is. */
export const newRootOptions = {
  'new-passphrase-file': textOption(
    'new-passphrase-file',
    'file with the passphrase of the new root',
  ),
  'new-passphrase-fd': descriptorOption('new-passphrase-fd', 'descriptor to read that from'),
  'new-passphrase-credential': textOption(
    'new-passphrase-credential',
    'systemd credential with it',
  ),
  'new-pin-file': textOption('new-pin-file', 'file with the PIN of the token of the new root'),
  'new-pin-fd': descriptorOption('new-pin-fd', 'descriptor to read that from'),
  'new-pin-credential': textOption('new-pin-credential', 'systemd credential with it'),
  module: rootOptions.module,
  'module-parameters': rootOptions['module-parameters'],
  slot: rootOptions.slot,
  token: rootOptions.token,
  'root-key': rootOptions['root-key'],
  'key-id': rootOptions['key-id'],
} as const

/** What those options were given as. */
export interface NewRootGiven extends Omit<RootGiven, 'root' | keyof Opening> {
  readonly 'new-passphrase-file'?: string | undefined
  readonly 'new-passphrase-fd'?: number | undefined
  readonly 'new-passphrase-credential'?: string | undefined
  readonly 'new-pin-file'?: string | undefined
  readonly 'new-pin-fd'?: number | undefined
  readonly 'new-pin-credential'?: string | undefined
}

/** Throws wrong usage where the root stays as it is and something is said of a new one, which would be forgotten. */
export function refuseNewRoot(given: NewRootGiven): void {
  const named = NEW_ROOT_OPTIONS.find((name) => given[name] !== undefined)
  if (named !== undefined) throw wrongUsage(`--${named} is for another --root`)
}

const NEW_ROOT_OPTIONS = [
  'new-passphrase-file',
  'new-passphrase-fd',
  'new-passphrase-credential',
  'new-pin-file',
  'new-pin-fd',
  'new-pin-credential',
  'module',
  'module-parameters',
  'slot',
  'token',
  'root-key',
  'key-id',
] as const

/**
 * Reads what a new root of trust is to be made of, hands it to `use` and forgets it afterwards. Throws wrong usage.
 *
 * @param wanted - the kind, and the option that it was named with
 */
export async function withNewRoot<T>(
  wanted: { readonly kind: RootRequest['kind']; readonly option: string },
  given: NewRootGiven,
  use: (request: RootRequest) => Promise<T>,
): Promise<T> {
  const opening: Opening = {
    'passphrase-file': given['new-passphrase-file'],
    'passphrase-fd': given['new-passphrase-fd'],
    'passphrase-credential': given['new-passphrase-credential'],
    'pin-file': given['new-pin-file'],
    'pin-fd': given['new-pin-fd'],
    'pin-credential': given['new-pin-credential'],
  }
  const words = { root: wanted.option, secret: '--new-' }
  const requestOf = planRoot({ ...given, ...opening, root: wanted.kind }, words)
  return withAccess(opening, async (access) => use(requestOf(access)))
}
