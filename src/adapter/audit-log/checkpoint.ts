import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { HASH_BYTES, isSameHash, sha256 } from './hashing.ts'

/** What a log held at a moment: nobody can make another log of it. */
export interface Checkpoint {
  /** Names the log. */
  readonly origin: string
  /** How many entries there were. */
  readonly size: number
  /** Root of the tree of them. */
  readonly root: Uint8Array
}

/** A signed checkpoint as it stands in a file. */
export interface Note extends Checkpoint {
  /** With its signature, which nobody has looked at yet. */
  readonly text: string
}

/** Lines of a note, with the empty one behind it in a file of several. */
export const NOTE_LINES = 6

/** Signs checkpoints of one log; the text is a whole note. */
export type SignCheckpoint = (checkpoint: Omit<Checkpoint, 'origin'>) => string

/**
 * Makes what signs the checkpoints of a log. The form is that of a signed note of C2SP with an Ed25519 key that is named
 * as the log is: origin, size, root in base64, an empty line, and the signature behind an em dash; here another empty
 * line follows.
 */
export function checkpointSigner(origin: string, key: KeyObject): SignCheckpoint {
  const id = keyId(origin, createPublicKey(key))
  return ({ size, root }) => {
    const body = bodyOf({ origin, size, root })
    const signature = Buffer.concat([id, sign(null, Buffer.from(body), key)])
    return `${body}\n${DASH} ${origin} ${signature.toString('base64')}\n\n`
  }
}

/** Reads the lines of a note; undefined where they are none. The signature is not looked at. */
export function readNote(lines: readonly string[]): Note | undefined {
  const text = `${lines.join('\n')}\n`
  const [, origin = '', size, root = ''] = NOTE.exec(text) ?? []
  const bytes = Buffer.from(root, 'base64')
  if (bytes.length !== HASH_BYTES || bytes.toString('base64') !== root) return undefined
  return { origin, size: Number(size), root: bytes, text }
}

/** Whether a note was signed with the private half of a key. */
export function isSigned(note: Note, publicKey: KeyObject): boolean {
  const line = note.text.split('\n')[4] ?? ''
  const bytes = Buffer.from(line.slice(line.lastIndexOf(' ') + 1), 'base64')
  if (bytes.length !== KEY_ID_BYTES + SIGNATURE_BYTES) return false
  const isOfKey = isSameHash(bytes.subarray(0, KEY_ID_BYTES), keyId(note.origin, publicKey))
  const body = Buffer.from(bodyOf(note))
  return isOfKey && verify(null, body, publicKey, bytes.subarray(KEY_ID_BYTES))
}

/** What a note begins with that says this of a log. */
export function bodyOf({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`
}

/** The first bytes of the hash of the key's name, its kind and the key. */
function keyId(name: string, publicKey: KeyObject): Buffer {
  const der = publicKey.export({ type: 'spki', format: 'der' })
  const head = Buffer.from(`${name}\n\u0001`)
  const bytes = Buffer.concat([head, der.subarray(der.length - KEY_BYTES)])
  return Buffer.from(sha256(bytes).subarray(0, KEY_ID_BYTES))
}

const DASH = '\u2014'
const NOTE = /^([^\s+]{1,200})\n(0|[1-9]\d{0,14})\n([\w+/]{43}=)\n\n\u2014 \1 [\w+/=]{1,200}\n\n$/
const KEY_ID_BYTES = 4
const KEY_BYTES = 32
const SIGNATURE_BYTES = 64
