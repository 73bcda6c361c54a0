import { readCertificateFile } from '../adapter/certificate-file.ts'
import { systemClock } from '../adapter/clock-system.ts'
import { pathIn, type DataDirectory } from '../adapter/data-directory.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import { openRoot } from '../adapter/root-of-directory.ts'
import { openSealedStore } from '../adapter/sealed-store.ts'
import type { LevelStore } from '../adapter/store-level/store.ts'
import type { Log } from '../port/log.ts'
import type { Sealer } from '../port/sealer.ts'
import { readAuthority, type KeyedCertificate } from '../repository/authority-record.ts'
import { ObjectRepository } from '../repository/object-repository.ts'
import { openClientRegistry, type ClientRegistry } from '../repository/client-registry.ts'
import type { Secret } from '../secret/secret.ts'

/** An open data directory: what the server, and commands without a server, stand on. */
export interface Core {
  readonly directory: DataDirectory
  readonly store: LevelStore
  readonly sealer: Sealer
  readonly clients: ClientRegistry
  readonly objects: ObjectRepository
  /** Signs the clients and the server. */
  readonly authority: KeyedCertificate
  close(): Promise<void>
}

export interface CoreOptions {
  readonly passphrase: Secret | undefined
  readonly log: Log
  /** Runs when the passphrase and the certificates are known to be right, before the store is touched. */
  readonly beforeStore?: () => Promise<void>
}

/** Objects that are kept opened in memory. */
const CACHED_OBJECTS = 10_000

/** Opens a data directory. Throws `UNAVAILABLE` with a sentence for people, also when another process has the store. */
export async function openCore(
  directory: DataDirectory,
  { passphrase, log, beforeStore }: CoreOptions,
): Promise<Core> {
  await readCertificateFile(pathIn(directory, 'authority'))
  await readCertificateFile(pathIn(directory, 'server'))
  const root = await openRoot(directory, passphrase)
  let store: LevelStore | undefined
  try {
    await beforeStore?.()
    const opened = await openSealedStore({ directory: pathIn(directory, 'store'), root, log })
    store = opened.store
    const { sealer } = opened
    const authority = await readAuthority({ store, sealer }, 'ca')
    const clients = await openClientRegistry({
      store,
      sealer,
      clock: systemClock,
      random: nodeRandom,
    })
    const objects = await ObjectRepository.open(store, sealer, { cachedObjects: CACHED_OBJECTS })
    return assemble({ directory, store, sealer, clients, objects, authority })
  } catch (error) {
    await store?.close()
    throw error
  } finally {
    root.destroy()
  }
}

function assemble(parts: Omit<Core, 'close'>): Core {
  return {
    ...parts,
    async close() {
      await parts.store.close()
      parts.sealer.destroy()
      parts.authority.key.destroy()
    },
  }
}
