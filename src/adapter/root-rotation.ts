import { mkdir, open, rename, rm, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { KmipFault } from '../fault/fault.ts'
import type { Random } from '../port/random.ts'
import type { RootOfTrust } from '../port/root-of-trust.ts'
import type { Entry, Store } from '../port/store.ts'
import { replaceFile, syncPath } from './data-directory-build.ts'
import { ENTRY, codeOf, formatSettings, pathIn, type DataDirectory } from './data-directory.ts'
import { KEYRING_KEY, rewrapKeyring } from './keyring.ts'
import { createRoot, type NewRoot, type RootRequest } from './root-of-directory.ts'
import { PendingRoot } from './root-pending.ts'

/** What a root of trust is rotated with. */
export interface RootRotation {
  readonly directory: DataDirectory
  /** The store of the directory; nobody else uses it. */
  readonly store: Store
  /** The root that opens it now. */
  readonly from: RootOfTrust
  readonly to: RootRequest
  readonly random: Random
}

/**
 * Wraps the keyring of a store under another root. The two places that know the root are changed one after the other:
 * `kmipd.json` first names both, then the one commit of the keyring decides, and then `kmipd.json` names the new one alone.
 * Who opens the store in between finds both, and the keyring says which it is.
 *
 * Throws `UNAVAILABLE`; then nothing has changed, or {@link settleRoot} decides when the store is opened next.
 *
 * @returns the directory as it is then
 */
export async function rotateRoot(rotation: RootRotation): Promise<DataDirectory> {
  const { directory, store, from, to, random } = rotation
  const staging = join(directory.path, ENTRY.nextRoot)
  await clearStaging(directory)
  await guard(staging, async () => mkdir(staging, { mode: 0o700 }))
  let made: NewRoot | undefined
  let before: Entry | undefined
  try {
    made = await createRoot(staging, to, random)
    const { root, settings } = made
    before = await store.get(KEYRING_KEY)
    const record = await rewrapKeyring(before?.value, { from, to: root })
    const pending = { path: directory.path, root: directory.root, next: settings }
    await writeSettings(pending)
    const checks = [{ key: KEYRING_KEY, revision: before?.revision ?? ('absent' as const) }]
    await store.commit({ checks, puts: [{ key: KEYRING_KEY, value: record }], dels: [] })
    return await finish(pending)
  } catch (error) {
    if (await isUnchanged(store, before)) await undo(directory, made)
    throw error
  } finally {
    made?.root.destroy()
  }
}

/** What became of a rotation that was interrupted. */
export type Settled = 'finished' | 'taken back' | 'none'

/**
 * Brings a rotation to its end that was interrupted: which root has opened the keyring says whether it goes on or is
 * taken back. Throws `UNAVAILABLE`.
 *
 * @param root - that the store was opened with
 */
export async function settleRoot(
  directory: DataDirectory,
  root: RootOfTrust,
): Promise<{ readonly directory: DataDirectory; readonly settled: Settled }> {
  const { next } = directory
  if (next === undefined || !(root instanceof PendingRoot) || root.which === undefined) {
    return { directory, settled: 'none' }
  }
  if (root.which === 'next') {
    return { directory: await finish({ ...directory, next }), settled: 'finished' }
  }
  return { directory: await takeBack(directory), settled: 'taken back' }
}

/** The new root has the keyring: the old one goes. */
async function finish({
  path,
  root,
  next,
}: DataDirectory & Required<Pick<DataDirectory, 'next'>>): Promise<DataDirectory> {
  const key = pathIn({ path }, 'rootKey')
  const staged = pathIn({ path: join(path, ENTRY.nextRoot) }, 'rootKey')
  const isStaged = await exists(staged)
  // Once the new key lies there, it is not the old one that does.
  if (root.kind === 'file' && (next.kind !== 'file' || isStaged)) await wipe(key)
  if (isStaged) await guard(key, async () => rename(staged, key))
  else if (root.kind === 'file' && next.kind !== 'file') await guard(key, async () => remove(key))
  await guard(path, async () => syncPath(path))
  const settled = { path, root: next }
  await writeSettings(settled)
  await clearStaging(settled)
  return settled
}

/** The old root has it still: what was made for the new one goes. */
async function takeBack({ path, root }: DataDirectory): Promise<DataDirectory> {
  const settled = { path, root }
  await writeSettings(settled)
  await clearStaging(settled)
  return settled
}

/** Takes away what was made. What went wrong first is what counts: what this leaves {@link settleRoot} finds. */
async function undo(directory: DataDirectory, made: NewRoot | undefined): Promise<void> {
  try {
    await takeBack(directory)
    await made?.discard()
  } catch {
    return
  }
}

/**
 * Whether the keyring is certainly what it was. No root is asked: one that does not answer is not one that has nothing to
 * open. Where the store cannot say, it is not certain.
 */
async function isUnchanged(store: Store, before: Entry | undefined): Promise<boolean> {
  // Nothing was begun.
  if (before === undefined) return true
  try {
    const now = await store.get(KEYRING_KEY)
    return now !== undefined && Buffer.compare(now.value, before.value) === 0
  } catch {
    return false
  }
}

async function writeSettings({ path, root, next }: DataDirectory): Promise<void> {
  const text = new TextEncoder().encode(formatSettings(root, next))
  await replaceFile(pathIn({ path }, 'settings'), text, 0o600)
}

async function clearStaging({ path }: Pick<DataDirectory, 'path'>): Promise<void> {
  const staging = join(path, ENTRY.nextRoot)
  await wipe(pathIn({ path: staging }, 'rootKey'))
  await guard(staging, async () => rm(staging, { recursive: true, force: true }))
}

/** Writes zeros over a file, if it is there. What the disk keeps of it elsewhere is beyond us. */
async function wipe(path: string): Promise<void> {
  if (!(await exists(path))) return
  await guard(path, async () => {
    const file = await open(path, 'r+')
    try {
      const { size } = await file.stat()
      await file.write(new Uint8Array(size), 0, size, 0)
      await file.sync()
    } finally {
      await file.close()
    }
  })
}

async function remove(path: string): Promise<void> {
  if (await exists(path)) await unlink(path)
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function guard(path: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (cause) {
    throw new KmipFault('UNAVAILABLE', `${path} cannot be changed (${codeOf(cause)})`, { cause })
  }
}
