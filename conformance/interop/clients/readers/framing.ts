import { ReaderError } from '../wire/field.ts'
import type { Source } from './reader.ts'

const HEADER_BYTES = 8

/** Reads on until the length that the header tells is there, however it comes: most clients. */
export async function readLooping(source: Source): Promise<Buffer> {
  const header = await readFully(source, HEADER_BYTES)
  return Buffer.concat([header, await readFully(source, header.readUInt32BE(4))])
}

async function readFully(source: Source, length: number): Promise<Buffer> {
  const parts: Buffer[] = []
  for (let left = length; left > 0;) {
    const part = await source.read(left)
    parts.push(part)
    left -= part.length
  }
  return Buffer.concat(parts)
}

/** libkmip: one read for the header, one for the body, and a short one is the end. */
export async function readTwice(source: Source): Promise<Buffer> {
  const header = await source.read(HEADER_BYTES)
  if (header.length < HEADER_BYTES) throw new ReaderError('a short read of the header')
  const length = header.readUInt32BE(4)
  const body = await source.read(length)
  if (body.length < length) throw new ReaderError('a short read of the body')
  return Buffer.concat([header, body])
}

/** Clients on event loops: what one event brings is one answer. */
export async function readEvent(source: Source): Promise<Buffer> {
  const event = await source.record()
  if (event.length < HEADER_BYTES || event.length !== HEADER_BYTES + event.readUInt32BE(4)) {
    throw new ReaderError(`an event of ${event.length} bytes is no answer`)
  }
  return event
}

/** One read into a buffer of that size, which has to hold the whole answer. */
export function readInto(size: number): (source: Source) => Promise<Buffer> {
  return async (source) => {
    const answer = await source.read(size)
    if (answer.length < HEADER_BYTES || answer.length < HEADER_BYTES + answer.readUInt32BE(4)) {
      throw new ReaderError(`one read brings ${answer.length} bytes of more`)
    }
    return answer
  }
}

/** libmongocrypt is fed whatever comes and minds nothing but too much. */
export async function readFed(source: Source): Promise<Buffer> {
  const parts: Buffer[] = []
  for (;;) {
    parts.push(await source.record())
    const fed = Buffer.concat(parts)
    if (fed.length < HEADER_BYTES) continue
    const wanted = HEADER_BYTES + fed.readUInt32BE(4)
    if (fed.length > wanted) throw new ReaderError('fed too much data')
    if (fed.length === wanted) return fed
  }
}
