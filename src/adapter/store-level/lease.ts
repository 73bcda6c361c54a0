import { randomBytes } from 'node:crypto'
import { open, readFile, readdir, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { KmipFault } from '../../fault/fault.ts'
import { cannotOpen } from './fault.ts'

/** The right of this process to have the store open. */
export interface Lease {
  release(): Promise<void>
}

/**
 * Takes the lease of a store directory or throws `UNAVAILABLE`.
 *
 * Each taker first makes a file of its own beside the directory, named after its process, and then looks for files of
 * others. Of two takers at least one sees the other and steps back, so there is never more than one holder; no file is
 * ever taken over, so there is no moment in which a stale one can be confused with a fresh one. The file of a process
 * that no longer runs counts for nothing. LevelDB's own lock cannot do this: a second open in the same process, or
 * anything that merely reads the file LOCK, drops it.
 */
export async function takeLease(directory: string): Promise<Lease> {
  const parent = dirname(directory)
  const prefix = `${basename(directory)}.lease-`
  const own = `${prefix}${nameOf(await ownProcess())}-${randomBytes(4).toString('hex')}`
  const file = await open(join(parent, own), 'wx', 0o600).catch((cause: unknown) => {
    throw cannotOpen(`No lease of the store can be written to ${parent}`, cause)
  })
  await file.close()
  const release = async (): Promise<void> => removeIfThere(join(parent, own))
  try {
    for (const name of await readdir(parent)) {
      if (!name.startsWith(prefix) || name === own) continue
      const holder = parseName(name.slice(prefix.length))
      if (holder === undefined || (await isRunning(holder))) throw inUse(join(parent, name), holder)
      await removeIfThere(join(parent, name))
    }
  } catch (error) {
    await release()
    if (error instanceof KmipFault) throw error
    throw cannotOpen(`It cannot be seen in ${parent} whether the store is in use`, error)
  }
  return { release }
}

/** A process, told apart from a later one with the same number. */
interface ProcessIdentity {
  readonly pid: number
  /** In clock ticks since the machine started. */
  readonly start: string
  /** Differs after each start of the machine. */
  readonly boot: string
}

function nameOf({ pid, start, boot }: ProcessIdentity): string {
  return `${pid}-${start}-${boot}`
}

function parseName(name: string): ProcessIdentity | undefined {
  const [, pid, start, boot] = /^(\d+)-(\d+)-([0-9a-f]+)-[0-9a-f]+$/.exec(name) ?? []
  if (pid === undefined || start === undefined || boot === undefined) return undefined
  return { pid: Number(pid), start, boot }
}

/** Where there is no /proc, a process without a name: its lease then counts until its file is removed by hand. */
async function ownProcess(): Promise<ProcessIdentity> {
  const status = await processStatus('self')
  return { pid: status?.pid ?? 0, start: status?.start ?? '0', boot: await bootIdentity() }
}

async function isRunning({ pid, start, boot }: ProcessIdentity): Promise<boolean> {
  if ((await processStatus('self')) === undefined) return true
  if (boot !== (await bootIdentity())) return false
  const status = await processStatus(String(pid))
  return status?.start === start && status.alive
}

interface ProcessStatus {
  readonly pid: number
  readonly start: string
  /** False for one that was killed and is only waiting to be collected: its files are closed. */
  readonly alive: boolean
}

async function processStatus(pid: string): Promise<ProcessStatus | undefined> {
  const text = await readIfThere(`/proc/${pid}/stat`)
  // The second field is the command in parentheses, and may itself hold spaces and parentheses.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  const start = fields?.[19]
  if (text === undefined || start === undefined) return undefined
  return { pid: Number.parseInt(text, 10), start, alive: !/^[ZX]$/.test(fields?.[0] ?? '') }
}

async function bootIdentity(): Promise<string> {
  const text = await readIfThere('/proc/sys/kernel/random/boot_id')
  return text?.replaceAll(/[^0-9a-f]/g, '').slice(0, 8) ?? '0'
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'latin1')
  } catch {
    return undefined
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}

function inUse(file: string, holder: ProcessIdentity | undefined): Error {
  if (holder !== undefined && holder.pid > 0) {
    return cannotOpen(`The store is in use by process ${holder.pid}`)
  }
  return cannotOpen(`The store is in use, or ${file} was left behind`)
}
