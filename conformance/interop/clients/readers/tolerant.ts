import { ReaderError, type Field } from '../wire/field.ts'
import { readEvent, readFed, readInto, readLooping } from './framing.ts'
import type { Reader } from './reader.ts'

/** Finds fields by their tags, in any order, and passes over what it does not know. */
export const tolerant: Reader = { receive: readLooping, check: checkItems }

/** libmongocrypt: needs a Result Status and little else, but not a byte too much. */
export const libmongocrypt: Reader = { receive: readFed, check: checkItems }

/** Scality takes each event of its socket for one answer. */
export const scality: Reader = { receive: readEvent, check: checkItems }

/** Seagate's client makes one read into 4096 bytes. */
export const seagate: Reader = { receive: readInto(4_096), check: checkItems }

function checkItems(message: Field): void {
  const items = message.all('BatchItem')
  if (items.length === 0) throw new ReaderError('no batch item')
  for (const item of items) item.at('ResultStatus').number()
}
