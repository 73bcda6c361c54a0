import type { KeyObject } from 'node:crypto'
import { Anchors } from '../adapter/anchor.ts'
import { readCertificateFile } from '../adapter/certificate-file.ts'
import { systemClock } from '../adapter/clock-system.ts'
import { pathIn, type DataDirectory } from '../adapter/data-directory.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import { openRoot, type RootAccess } from '../adapter/root-of-directory.ts'
import { settleRoot } from '../adapter/root-rotation.ts'
import { openSealedStore, type SealedStore } from '../adapter/sealed-store.ts'
import type { LevelStore } from '../adapter/store-level/store.ts'
import type { Log } from '../port/log.ts'
import type { KeyLines } from '../port/key-lines.ts'
import type { RootOfTrust } from '../port/root-of-trust.ts'
import type { EpochSealer } from '../port/sealer.ts'
import type { ApprovalBook, ApprovalLimits } from '../repository/approval-book.ts'
import { openAuthorityBook, type AuthorityBook } from '../repository/authority-book.ts'
import type { PolicyOffice } from '../admin/policy-office.ts'
import { readAuthority, type KeyedCertificate } from '../repository/authority-record.ts'
import { ObjectRepository } from '../repository/object-repository.ts'
import { openNamespaceRegistry, type NamespaceRegistry } from '../repository/namespace-registry.ts'
import { openClientRegistry, type ClientRegistry } from '../repository/client-registry.ts'
import { readHighestTime } from '../repository/clock-memory.ts'
import { authorityId } from '../server/revocations.ts'
import { SteadyClock } from '../server/steady-clock.ts'
import { openApprovals } from './approval-book.ts'
import { Audit, type AuditParts } from './audit.ts'
import { Officers } from './officers.ts'
import { openPolicies } from './policies.ts'

/** An open data directory: what the server, and commands without a server, stand on. */
export interface Core {
  readonly directory: DataDirectory
  readonly store: LevelStore
  /** Where what happens is told; undefined where the store was opened as it is. */
  readonly audit: Audit | undefined
  /** Never goes back, from one run to the next neither: by it the dates of objects come. */
  readonly clock: SteadyClock
  /** Heads of the store that are kept apart from it. */
  readonly anchors: Anchors
  readonly sealer: EpochSealer
  /** The key-encryption keys. */
  readonly keys: KeyLines
  /** Seals the keys of backups. */
  readonly backup: KeyObject
  /** How often the store was restored from a backup. */
  readonly generation: number
  readonly clients: ClientRegistry
  /** Authorities of others, whose certificates clients may have. */
  readonly authorities: AuthorityBook
  readonly namespaces: NamespaceRegistry
  readonly objects: ObjectRepository
  /** What was asked for and needs officers. */
  readonly approvals: ApprovalBook
  /** Whose approvals count. */
  readonly officers: Officers
  /** The policy that decides who may do what. */
  readonly policies: PolicyOffice
  /** Signs the clients and the server. */
  readonly authority: KeyedCertificate
  close(): Promise<void>
}

export interface CoreOptions extends RootAccess {
  readonly log: Log
  /** A file on another disk that the head of the store is kept in, too. */
  readonly anchor?: string | undefined
  /** Bytes of room that are kept for when the disk is full; none by default. */
  readonly ballast?: number
  /** How the audit is kept, where that is not as ever. */
  readonly audit?: Partial<Pick<AuditParts, 'limits' | 'place' | 'newLogFor'>>
  /** How many requests may wait for officers, where that is not as ever. */
  readonly approvals?: ApprovalLimits
  /** Opens the store as it is, proved or not, and leaves its anchors and the audit alone. */
  readonly isUnproved?: boolean
  /** Key-encryption keys to make in advance: no other can be begun later. */
  readonly spareKeys?: number
  /** Runs when the passphrase and the certificates are known to be right, before the store is touched. */
  readonly beforeStore?: () => Promise<void>
}

/** Objects that are kept opened in memory. */
const CACHED_OBJECTS = 10_000

/** Entries that are read before a store is used, in a second or two; more are read beside its use. */
const PROVEN_ENTRIES = 1_000_000

/** Opens a data directory. Throws `UNAVAILABLE` with a sentence for people, also when another process has the store. */
export async function openCore(given: DataDirectory, options: CoreOptions): Promise<Core> {
  const { log, beforeStore, isUnproved = false } = options
  await readCertificateFile(pathIn(given, 'authority'))
  await readCertificateFile(pathIn(given, 'server'))
  const root = await openRoot(given, options)
  let store: LevelStore | undefined
  let audit: Audit | undefined
  try {
    await beforeStore?.()
    const provenEntries = isUnproved ? 0 : PROVEN_ENTRIES
    const place = pathIn(given, 'store')
    const ballast = ballastOf(given, options)
    const opened = await openSealedStore({
      directory: place,
      root,
      log,
      provenEntries,
      ballast,
      spareKeys: options.spareKeys ?? 0,
    })
    store = opened.store
    const directory = isUnproved ? given : await settledDirectory(given, root, log)
    const { sealer, keys, backup, generation } = opened
    const anchors = anchorsOf(directory, store, options)
    if (store.isRenewed || !isUnproved) await settle(store, anchors, isUnproved)
    const clock = await steadyClock(store)
    audit = isUnproved ? undefined : await openAudit({ directory, clock, ...opened }, options)
    const authority = await readAuthority({ store, sealer }, 'ca')
    const clients = await openClientRegistry({
      store,
      sealer,
      clock: systemClock,
      random: nodeRandom,
    })
    const authorities = await openAuthorityBook({ store, sealer })
    const namespaces = await openNamespaceRegistry({
      ...{ store, sealer, keys },
      clock: systemClock,
      random: nodeRandom,
    })
    const objects = await ObjectRepository.open(store, sealer, {
      cachedObjects: CACHED_OBJECTS,
      quotaOf: ({ tenant, owner }) =>
        owner === undefined ? namespaces.get(tenant)?.limits : clients.find(owner)?.limits,
      defaultsOf: (tenant) => namespaces.get(tenant)?.defaults,
    })
    const policies = await openPolicies({ store, sealer, clients, namespaces, objects })
    const sealed = { store, sealer, keys, backup, generation }
    const officers = officersOf({ clients, authorities, authority })
    const approvals = await openApprovals(sealed, officers, { audit, limits: options.approvals })
    const books = { clients, authorities, namespaces, objects, approvals, policies, officers }
    return assemble({ directory, audit, anchors, clock, authority, ...books, ...sealed })
  } catch (error) {
    await audit?.close()
    await store?.close()
    throw error
  } finally {
    root.destroy()
  }
}

async function steadyClock(store: LevelStore): Promise<SteadyClock> {
  return new SteadyClock(systemClock, (await readHighestTime(store)) ?? 0)
}

function officersOf({
  clients,
  authorities,
  authority,
}: Pick<Core, 'clients' | 'authorities' | 'authority'>): Officers {
  return new Officers({ clients, authorities, own: authorityId(authority.certificate) })
}

async function openAudit(
  {
    directory,
    store,
    sealer,
    generation,
    keys,
    clock,
  }: SealedStore & Pick<Core, 'directory' | 'clock'>,
  { log, audit }: CoreOptions,
): Promise<Audit> {
  const opened = await Audit.open({ directory, store, sealer, generation, clock, log, ...audit })
  await keys.bringUpToDate()
  if (generation > 0) log.info('store restored from a backup', { generation })
  return opened
}

/** The directory after a rotation of its root that was interrupted has come to its end. */
async function settledDirectory(
  given: DataDirectory,
  root: RootOfTrust,
  log: Log,
): Promise<DataDirectory> {
  const { directory, settled } = await settleRoot(given, root)
  if (settled !== 'none') log.warn('rotation of the root of trust', { settled })
  return directory
}

function ballastOf(directory: DataDirectory, { ballast = 0 }: CoreOptions) {
  return { path: pathIn(directory, 'ballast'), bytes: ballast }
}

function anchorsOf(directory: DataDirectory, store: LevelStore, options: CoreOptions): Anchors {
  const { anchor, log } = options
  const paths = [pathIn(directory, 'anchor'), ...(anchor === undefined ? [] : [anchor])]
  return new Anchors({ store, paths, log })
}

/** There are no anchors yet of a store that was just brought up to date: one that has some was put back. */
async function settle(store: LevelStore, anchors: Anchors, isUnproved: boolean): Promise<void> {
  if (!store.isRenewed) await anchors.check()
  else if (!isUnproved) await anchors.checkNone()
  await anchors.write()
}

function assemble(parts: Omit<Core, 'close'>): Core {
  return {
    ...parts,
    async close() {
      // What the log ends with goes into the store, and where that ends into the anchors.
      await parts.audit?.close()
      if (parts.audit !== undefined) await parts.anchors.close()
      await parts.store.close()
      parts.sealer.destroy()
      parts.authority.key.destroy()
    },
  }
}
