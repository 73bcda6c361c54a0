import type { SecretSource } from '../adapter/secret-source.ts'
import { wrongUsage } from './failure.ts'

const claimed = new Set<number>()

/**
 * Lets a descriptor be read once: it is closed behind that, and whatever is opened next gets its number. Throws wrong
 * usage for the second time.
 */
export function onceOnly<S extends SecretSource>(source: S): S {
  if (source.kind !== 'descriptor') return source
  if (claimed.has(source.number)) throw wrongUsage(`descriptor ${source.number} is named twice`)
  claimed.add(source.number)
  return source
}
