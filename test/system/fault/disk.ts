import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Dice } from '../dice.ts'
import type { Event } from './trace.ts'

/**
 * What of the names of files is on stable storage without a sync of their directory. `ordered`: every change, at once;
 * only data can be lost. `journal`, as ext4: any sync takes all changes before it along, and of later ones the first few
 * may be there. `strict`, as POSIX says: none is certain, and any of them may be there; of unsynced data any sector may.
 */
export type NameModel = 'ordered' | 'journal' | 'strict'

/** A file, or a directory. */
interface Node {
  readonly isDirectory: boolean
  /** What is certain to be there. */
  durable: Buffer
  /** What was done since, in order. */
  pending: Change[]
  size: number
  /** How many changes were there when a sync began, by its thread. */
  readonly syncs: Map<string, { changes: number; readonly names: number }>
}

type Change =
  { readonly at: number; readonly data: Buffer } | { readonly at: number; readonly data: undefined }

/** A change of names that happens wholly or not at all: a node where none was, or none any more. */
interface NameChange {
  readonly number: number
  readonly entries: readonly {
    readonly directory: Node
    readonly name: string
    readonly node: Node | undefined
  }[]
}

interface Handle {
  readonly node: Node
  readonly append: boolean
  at: number
}

type Entries = Map<Node, Map<string, Node>>

/** A disk that is told what a process does to it, and whose power can fail. */
export class Disk {
  readonly #root: string
  readonly #model: NameModel
  readonly #top = newNode(true)
  /** As the process sees them. */
  readonly #entries: Entries = new Map()
  /** As they are certain to be. */
  readonly #durable: Entries = new Map()
  #names: NameChange[] = []
  #count = 0
  readonly #handles = new Map<number, Handle>()

  /** @param root - what the process calls the directory that is looked at */
  constructor(root: string, model: NameModel) {
    this.#root = root
    this.#model = model
  }

  apply(event: Event): void {
    if ('path' in event && event.call !== 'open') {
      this.#applyToNames(event)
      return
    }
    switch (event.call) {
      case 'open':
        this.#open(event)
        break
      case 'close':
        this.#handles.delete(event.fd)
        break
      case 'write':
        this.#write(event.fd, event.at, event.data)
        break
      case 'seek':
        this.#seek(event.fd, event.at)
        break
      case 'truncate':
        this.#truncate(this.#handles.get(event.fd)?.node, event.length)
        break
      case 'sync-begin':
        this.#beginSync(event.fd, event.thread)
        break
      case 'sync-end':
        this.#endSync(event.fd, event.thread)
        break
    }
  }

  /** Writes what is there after the power failed now. */
  writeImage(target: string, dice: Dice): void {
    const entries = copyOf(this.#durable)
    for (const change of this.#survivors(dice)) applyTo(entries, change)
    const write = (node: Node, path: string): void => {
      if (!node.isDirectory) {
        writeFileSync(path, this.#contentOf(node, dice), { mode: 0o600 })
        return
      }
      mkdirSync(path, { recursive: true, mode: 0o700 })
      for (const [name, child] of entries.get(node) ?? []) write(child, join(path, name))
    }
    write(this.#top, target)
  }

  #applyToNames(event: Exclude<Event & { readonly path: string }, { call: 'open' }>): void {
    if (event.call === 'rename') this.#rename(event.path, event.to)
    else this.#link(event.path, event.call === 'mkdir' ? newNode(true) : undefined)
  }

  #survivors(dice: Dice): readonly NameChange[] {
    if (this.#model === 'strict') return this.#names.filter(() => dice.oneIn(2))
    return this.#names.slice(0, dice.below(this.#names.length + 1))
  }

  /** Some of what was not synced got there: the first so many changes and a part of the next, or any sectors. */
  #contentOf({ durable, pending }: Node, dice: Dice): Buffer {
    const sector = dice.pick([512, 4_096])
    if (this.#model === 'strict' && dice.oneIn(2)) return scattered(durable, pending, sector, dice)
    const whole = dice.below(pending.length + 1)
    const content = changed(durable, pending.slice(0, whole))
    const torn = pending[whole]
    if (torn?.data === undefined) return content
    const end = Math.floor((torn.at + dice.below(torn.data.length + 1)) / sector) * sector
    return end <= torn.at
      ? content
      : changed(content, [{ at: torn.at, data: torn.data.subarray(0, end - torn.at) }])
  }

  #open({ fd, path, flags }: Event & { call: 'open' }): void {
    this.#handles.delete(fd)
    if (!this.#isInside(path)) return
    if (this.#find(path) === undefined && flags.create) this.#link(path, newNode(false))
    const node = this.#find(path)
    if (node === undefined) throw new Error(`${path} was opened and is not there`)
    if (flags.truncate) this.#truncate(node, 0)
    this.#handles.set(fd, { node, append: flags.append, at: 0 })
  }

  #write(fd: number, at: number | undefined, data: Buffer): void {
    const handle = this.#handles.get(fd)
    if (handle === undefined) return
    const { node } = handle
    const from = at ?? (handle.append ? node.size : handle.at)
    node.pending.push({ at: from, data })
    node.size = Math.max(node.size, from + data.length)
    if (at === undefined) handle.at = from + data.length
  }

  #seek(fd: number, at: number): void {
    const handle = this.#handles.get(fd)
    if (handle !== undefined) handle.at = at
  }

  #truncate(node: Node | undefined, length: number): void {
    if (node === undefined || node.size === length) return
    node.pending.push({ at: length, data: undefined })
    node.size = length
  }

  #beginSync(fd: number, thread: string): void {
    const node = this.#handles.get(fd)?.node
    node?.syncs.set(thread, { changes: node.pending.length, names: this.#count })
  }

  #endSync(fd: number, thread: string): void {
    const node = this.#handles.get(fd)?.node
    const sync = node?.syncs.get(thread)
    if (node === undefined || sync === undefined) return
    node.syncs.delete(thread)
    node.durable = changed(node.durable, node.pending.slice(0, sync.changes))
    node.pending = node.pending.slice(sync.changes)
    // Those that others have begun meanwhile counted what is not pending any more.
    for (const other of node.syncs.values()) {
      other.changes = Math.max(0, other.changes - sync.changes)
    }
    this.#settleNames(
      ({ number, entries }) =>
        number <= sync.names &&
        (this.#model !== 'strict' || entries.every(({ directory }) => directory === node)),
    )
  }

  #settleNames(isDurable: (change: NameChange) => boolean): void {
    const left: NameChange[] = []
    for (const change of this.#names) {
      if (isDurable(change)) applyTo(this.#durable, change)
      else left.push(change)
    }
    this.#names = left
  }

  #link(path: string, node: Node | undefined): void {
    if (this.#isInside(path)) this.#change([[path, node]])
  }

  #rename(path: string, to: string): void {
    if (!this.#isInside(path)) return
    const node = this.#find(path)
    if (node === undefined) throw new Error(`${path} was renamed and is not there`)
    this.#change([
      [path, undefined],
      [to, node],
    ])
  }

  #change(entries: readonly (readonly [path: string, node: Node | undefined])[]): void {
    this.#count += 1
    const change: NameChange = {
      number: this.#count,
      entries: entries.map(([path, node]) => {
        const directory = this.#find(dirname(path))
        if (directory === undefined) throw new Error(`${dirname(path)} is not there`)
        return { directory, name: basename(path), node }
      }),
    }
    applyTo(this.#entries, change)
    if (this.#model === 'ordered') applyTo(this.#durable, change)
    else this.#names.push(change)
  }

  #find(path: string): Node | undefined {
    let node: Node | undefined = this.#top
    for (const name of path.slice(this.#root.length).split('/')) {
      if (name !== '' && node !== undefined) node = this.#entries.get(node)?.get(name)
    }
    return node
  }

  #isInside(path: string): boolean {
    return path === this.#root || path.startsWith(`${this.#root}/`)
  }
}

function newNode(isDirectory: boolean): Node {
  return { isDirectory, durable: Buffer.alloc(0), pending: [], size: 0, syncs: new Map() }
}

function applyTo(all: Entries, { entries }: NameChange): void {
  for (const { directory, name, node } of entries) {
    const names = all.get(directory) ?? new Map<string, Node>()
    all.set(directory, names)
    if (node === undefined) names.delete(name)
    else names.set(name, node)
  }
}

function copyOf(entries: Entries): Entries {
  return new Map(Array.from(entries, ([node, names]) => [node, new Map(names)]))
}

/** What a file holds after changes. */
function changed(content: Buffer, changes: readonly Change[]): Buffer {
  const ends = changes.map(({ at, data }) => at + (data?.length ?? 0))
  const result = Buffer.alloc(Math.max(content.length, ...ends))
  content.copy(result)
  let { length } = content
  for (const { at, data } of changes) {
    if (data === undefined) result.fill(0, at)
    else data.copy(result, at)
    length = data === undefined ? at : Math.max(length, at + data.length)
  }
  return result.subarray(0, length)
}

/** Each sector as it is certain to be, or as it was to become; those that were never written are zeros. */
function scattered(
  durable: Buffer,
  pending: readonly Change[],
  sector: number,
  dice: Dice,
): Buffer {
  const whole = changed(durable, pending.slice(0, dice.below(pending.length + 1)))
  const result = Buffer.from(whole)
  for (let at = 0; at < whole.length; at += sector) {
    const end = Math.min(at + sector, whole.length)
    const isSame = durable.length >= end && durable.compare(whole, at, end, at, end) === 0
    if (isSame || dice.oneIn(2)) continue
    result.fill(0, at, end)
    if (at < durable.length) durable.copy(result, at, at, Math.min(end, durable.length))
  }
  return result
}
