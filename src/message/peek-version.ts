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

/** Bytes of a text that its header is looked for in. */
const HEAD = 4_096

/** How the parts of a Protocol Version are written as every known client has them: by name or tag, type, value. */
const PARTS = {
  xml: (part: string) =>
    new RegExp(
      `<${part}[ \\t\\r\\n][^<>]*\\bvalue[ \\t\\r\\n]*=[ \\t\\r\\n]*["']([^"']{1,10})["']`,
    ),
  json: (part: string) =>
    new RegExp(
      `"tag"\\s*:\\s*"${part}"\\s*(?:,\\s*"type"\\s*:\\s*"Integer")?\\s*,\\s*"value"\\s*:\\s*"?([^",}\\s]{1,10})`,
    ),
} as const

const TEXTS = {
  xml: partsOf('xml', 'ProtocolVersionMajor', 'ProtocolVersionMinor'),
  json: partsOf('json', 'ProtocolVersionMajor', 'ProtocolVersionMinor'),
} as const

function partsOf(encoding: keyof typeof PARTS, major: string, minor: string) {
  return { major: PARTS[encoding](major), minor: PARTS[encoding](minor) }
}

/** The version of a message in XML or JSON that cannot be read further on; the text is looked at as far as its header. */
export function peekTextVersion(
  bytes: Uint8Array,
  encoding: 'xml' | 'json',
): ProtocolVersion | undefined {
  const text = new TextDecoder().decode(bytes.subarray(0, HEAD))
  const [major, minor] = [TEXTS[encoding].major, TEXTS[encoding].minor].map((part) =>
    Number(part.exec(text)?.[1] ?? NaN),
  )
  if (!Number.isInteger(major) || !Number.isInteger(minor)) return undefined
  return { major: major ?? 0, minor: minor ?? 0 }
}
