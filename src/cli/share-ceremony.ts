import { removeShares, writeShares } from '../adapter/backup/share-file.ts'
import { newShareSet, splitKey, type ShareCount } from '../adapter/backup/share-set.ts'
import { formatShare, type Share } from '../adapter/backup/share.ts'
import type { BackupHeader, ShareSet } from '../adapter/backup/header.ts'
import { unlockByRoot, type BackupKeys } from '../adapter/backup/unlock.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import type { RootOfTrust } from '../port/root-of-trust.ts'

/** Where the shares go: a directory, or without one the terminal, one after the other. */
export interface CeremonyOptions {
  readonly count: ShareCount
  readonly directory: string | undefined
  /** Opens the store: who splits its keys must have it. Destroyed with the ceremony. */
  readonly root: RootOfTrust
}

/** The splitting of the key of one backup. */
export class ShareCeremony {
  readonly set: ShareSet
  /** Files of shares that were written. */
  files: readonly string[] = []
  readonly #options: CeremonyOptions
  #keys: BackupKeys | undefined
  #shares: readonly Share[] = []

  constructor(options: CeremonyOptions) {
    this.#options = options
    this.set = newShareSet(options.count, nodeRandom)
  }

  /** Splits the key of the backup with this header. Throws `UNAVAILABLE`, also when it was made for another set. */
  async split(header: BackupHeader): Promise<BackupKeys> {
    this.#keys = await unlockByRoot({ path: 'The backup', header }, this.#options.root)
    this.#shares = splitKey(this.#keys.key, this.set, nodeRandom)
    return this.#keys
  }

  /** Gives the shares to those who are to hold them. */
  async handOut(): Promise<void> {
    const { directory } = this.#options
    if (directory !== undefined) this.files = await writeShares(directory, this.#shares)
    else for (const share of this.#shares) await showOnTerminal(share)
  }

  /** Takes back the files of shares where there came to be no backup. */
  async takeBack(): Promise<void> {
    await removeShares(this.files)
  }

  destroy(): void {
    this.#options.root.destroy()
    this.#keys?.destroy()
    for (const { material } of this.#shares) material.destroy()
  }
}

/** Waits for Enter and takes the share off the screen, before the next person comes. */
async function showOnTerminal(share: Share): Promise<void> {
  const text = formatShare(share)
  text.expose((bytes) => process.stdout.write(Buffer.from(bytes)))
  text.destroy()
  process.stdout.write('write it down, then press Enter: it is taken off the screen ')
  await new Promise<void>((resolve) => {
    process.stdin.once('data', () => {
      resolve()
    })
    process.stdin.resume()
  })
  process.stdin.pause()
  process.stdout.write('\u001b[3J\u001b[2J\u001b[H')
}
