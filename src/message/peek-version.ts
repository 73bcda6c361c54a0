import { Tag } from '../spec/tag.ts'
import type { ProtocolVersion } from './protocol-version.ts'

/**
 * Where the parts of a Protocol Version stand when it opens the header, as every known client has it: behind the heads
 * of the message, the header and the structure itself, each of eight bytes.
 */
const VERSION_AT = 16
const MAJOR_AT = 24
const MINOR_AT = 40
const END = 56

/** The version of a message that is malformed further on, so that it can be answered all the same. */
export function peekVersion(bytes: Uint8Array): ProtocolVersion | undefined {
  if (bytes.length < END) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const tagAt = (offset: number) => view.getUint32(offset) >>> 8
  const isVersion =
    tagAt(0) === Tag.RequestMessage.number &&
    tagAt(8) === Tag.RequestHeader.number &&
    tagAt(VERSION_AT) === Tag.ProtocolVersion.number &&
    tagAt(MAJOR_AT) === Tag.ProtocolVersionMajor.number &&
    tagAt(MINOR_AT) === Tag.ProtocolVersionMinor.number
  if (!isVersion) return undefined
  return { major: view.getInt32(MAJOR_AT + 8), minor: view.getInt32(MINOR_AT + 8) }
}
