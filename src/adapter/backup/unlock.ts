import type { RootOfTrust } from '../../port/root-of-trust.ts'
import type { Secret } from '../../secret/secret.ts'
import {
  BACKUP_PURPOSE,
  destroyKeys,
  readKeyring,
  unwrapKeyring,
  type BareKeys,
} from '../keyring.ts'
import { deriveKey } from '../sealer-envelope.ts'
import type { Archive } from './archive.ts'
import { openBackupKey } from './backup-key.ts'
import { openEscrow } from './escrow.ts'
import { refused } from './fault.ts'
import { joinShares } from './share-set.ts'
import type { Share } from './share.ts'

/** What opens a backup: the root of trust that the store hung from when it was made, or enough shares. */
export type BackupOpener =
  | { readonly kind: 'root'; readonly root: RootOfTrust }
  | { readonly kind: 'shares'; readonly shares: readonly Share[] }

/** The keys to what a backup holds. */
export interface BackupKeys {
  /** Of the stream, 32 bytes. */
  readonly key: Secret
  /** Of the store in it. */
  readonly store: BareKeys
  destroy(): void
}

/** Opens the keys of a backup. Throws `UNAVAILABLE` with a sentence for people when these are not the right ones. */
export async function unlockBackup(archive: Archive, opener: BackupOpener): Promise<BackupKeys> {
  return opener.kind === 'root'
    ? unlockByRoot(archive, opener.root)
    : unlockByShares(archive, opener.shares)
}

/** The same with the root of trust, for which the header alone is needed. */
export async function unlockByRoot(
  { path, header }: Pick<Archive, 'path' | 'header'>,
  root: RootOfTrust,
): Promise<BackupKeys> {
  const store = await unwrapKeyring(header.keyring, root)
  const sealing = deriveKey(store.index, store.storeId, BACKUP_PURPOSE)
  const key = openBackupKey(sealing, header.backupId, header.sealedKey)
  if (key !== undefined) return backupKeys(key, store)
  destroyKeys(store)
  throw refused(`${path} is damaged: its header was altered, or is of another backup`)
}

function unlockByShares(archive: Archive, shares: readonly Share[]): BackupKeys {
  const { path, header, headerBytes, escrow } = archive
  if (header.shares === undefined || escrow === undefined) {
    throw refused(`${path} was made without shares: its root of trust opens it`)
  }
  const key = joinShares(shares, header.shares)
  const context = { key, backupId: header.backupId, header: headerBytes }
  const store = openEscrow(escrow, context)
  if (store !== undefined && isOfStore(archive, store)) return backupKeys(key, store)
  key.destroy()
  throw refused(`The shares do not open ${path}, or it was altered`)
}

function backupKeys(key: Secret, store: BareKeys): BackupKeys {
  return {
    key,
    store,
    destroy() {
      key.destroy()
      destroyKeys(store)
    },
  }
}

function isOfStore({ header }: Archive, { storeId, generation }: BareKeys): boolean {
  const ring = readKeyring(header.keyring)
  return Buffer.compare(ring.storeId, storeId) === 0 && ring.generation === generation
}
