import type { RootRequest } from '../adapter/root-of-directory.ts'
import { wrongUsage } from './failure.ts'
import { withAccess, type Opening } from './opening.ts'
import { descriptorOption, textOption } from './option.ts'

/** Where the passphrase of a root of trust is that comes to be, beside the options of the one that is. */
export const newPassphraseOptions = {
  'new-passphrase-file': textOption(
    'new-passphrase-file',
    'file whose first line is the passphrase from then on',
  ),
  'new-passphrase-fd': descriptorOption(
    'new-passphrase-fd',
    'open descriptor to read that passphrase from',
  ),
  'new-passphrase-credential': textOption(
    'new-passphrase-credential',
    'systemd credential that is that passphrase',
  ),
} as const

/** What those options were given as. */
export interface NewPassphrase {
  readonly 'new-passphrase-file'?: string | undefined
  readonly 'new-passphrase-fd'?: number | undefined
  readonly 'new-passphrase-credential'?: string | undefined
}

/**
 * Reads what a new root of trust is to be made of, hands it to `use` and forgets it afterwards. Throws wrong usage.
 *
 * @param kind - as it was given: `file` or `passphrase`
 */
export async function withNewRoot<T>(
  kind: string,
  given: NewPassphrase,
  use: (request: RootRequest) => Promise<T>,
): Promise<T> {
  const opening: Opening = {
    'passphrase-file': given['new-passphrase-file'],
    'passphrase-fd': given['new-passphrase-fd'],
    'passphrase-credential': given['new-passphrase-credential'],
  }
  return withAccess(opening, async ({ passphrase }) => {
    if (kind === 'passphrase' && passphrase !== undefined) return use({ kind, passphrase })
    if (kind === 'passphrase')
      throw wrongUsage('give the new passphrase with --new-passphrase-file')
    if (passphrase !== undefined) throw wrongUsage('a new passphrase is for --root passphrase')
    if (kind === 'file') return use({ kind })
    throw wrongUsage(
      `--root: there is no root of trust '${kind}'`,
      'it is same, file or passphrase',
    )
  })
}
