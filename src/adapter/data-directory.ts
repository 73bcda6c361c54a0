import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { KmipFault } from '../fault/fault.ts'

/** Where the root of the keys comes from, as `kmipd.json` records it. */
export type RootSettings = {
  /** Something that the root has wrapped: it shows a wrong root before the store is touched. */
  readonly check: Uint8Array
} & (
  | { readonly kind: 'file' }
  | {
      readonly kind: 'passphrase'
      /** Public: salt and cost. Its shape belongs to the root of trust. */
      readonly parameters: object
    }
  | {
      readonly kind: 'pkcs11'
      /** Public: token, key and where the PIN is. Its shape belongs to the root of trust. */
      readonly parameters: object
    }
)

/** A data directory and what its `kmipd.json` says. Every path is absolute. */
export interface DataDirectory {
  readonly path: string
  readonly root: RootSettings
  /** What is to take its place, while the root is being rotated: the keyring of the store says which of them opens it. */
  readonly next?: RootSettings
}

/** Names inside a data directory. */
export const ENTRY = {
  settings: 'kmipd.json',
  store: 'store',
  anchor: 'store.head',
  ballast: 'ballast',
  rootKey: 'root.key',
  nextRoot: 'root.next',
  authority: 'ca.crt',
  server: 'server.crt',
  socket: 'admin.sock',
  audit: 'audit',
} as const

/** The path of one entry of a data directory. */
export function pathIn(directory: Pick<DataDirectory, 'path'>, entry: keyof typeof ENTRY): string {
  return join(directory.path, ENTRY[entry])
}

/** Reads `kmipd.json`. Throws `UNAVAILABLE` with a sentence for people when there is none that can be used. */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
  const absolute = resolve(path)
  const text = await readSettings(path, join(absolute, ENTRY.settings))
  const next = parseNext(text)
  return { path: absolute, root: parseSettings(path, text), ...(next && { next }) }
}

/** The text of `kmipd.json` for a new data directory. */
export function formatSettings(root: RootSettings, next?: RootSettings): string {
  const settings = { format: FORMAT, root: textual(root), ...(next && { next: textual(next) }) }
  return `${JSON.stringify(settings, null, 2)}\n`
}

function textual(root: RootSettings): object {
  return { ...root, check: Buffer.from(root.check).toString('base64') }
}

async function readSettings(path: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const code = codeOf(cause)
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new KmipFault('UNAVAILABLE', `${path} is not a kmipd data directory`, { cause })
    }
    throw new KmipFault('UNAVAILABLE', `${file} cannot be read (${code})`, { cause })
  }
}

/**
 * Reads the text of a `kmipd.json`. Throws `UNAVAILABLE` with a sentence for people when it cannot be used.
 *
 * @param path - what it belongs to, for messages
 */
export function parseSettings(path: string, text: string): RootSettings {
  const settings = parseJson(text)
  if (!isRecord(settings) || typeof settings['format'] !== 'number') {
    throw new KmipFault(
      'UNAVAILABLE',
      `${path} is not a kmipd data directory: its ${ENTRY.settings} is damaged`,
    )
  }
  if (settings['format'] !== FORMAT) {
    const format = settings['format']
    throw new KmipFault(
      'UNAVAILABLE',
      `${path} has the format ${format}, this kmipd knows only ${FORMAT}`,
    )
  }
  const root = parseRoot(settings['root'])
  if (root === undefined) {
    throw new KmipFault('UNAVAILABLE', `${path} has a root of trust that this kmipd does not know`)
  }
  return root
}

/** The root that is to take the place of the other; undefined when none is. */
function parseNext(text: string): RootSettings | undefined {
  const settings = parseJson(text)
  return isRecord(settings) ? parseRoot(settings['next']) : undefined
}

function parseRoot(root: unknown): RootSettings | undefined {
  if (!isRecord(root) || typeof root['check'] !== 'string') return undefined
  const check = Buffer.from(root['check'], 'base64')
  const parameters = root['parameters']
  if (root['kind'] === 'file') return { kind: 'file', check }
  const { kind } = root
  if ((kind === 'passphrase' || kind === 'pkcs11') && isRecord(parameters)) {
    return { kind, parameters, check }
  }
  return undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The code of an error of the operating system, as in `ENOENT`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}

/** Counts the layouts of a data directory. */
const FORMAT = 1
