import { KmipFault } from '../fault/fault.ts'
import { STORE_LIMITS, type Commit } from '../port/store.ts'

/**
 * Refuses a commit that not every engine could hold.
 *
 * Throws `SERVER_LIMIT` over {@link STORE_LIMITS}, and a TypeError for a commit that names a key twice: that is a
 * mistake of the caller, and engines would disagree about what it means.
 */
export function checkCommit(commit: Commit): void {
  const { checks, puts, dels } = commit
  if (puts.length + dels.length > STORE_LIMITS.operations) throw tooMuch('too many operations')
  for (const { key } of checks) checkKey(key)
  const written = new Set<string>()
  for (const { key, value } of puts) {
    checkKey(key)
    if (value.length > STORE_LIMITS.valueBytes) throw tooMuch('a value is too long')
    written.add(keyText(key))
  }
  for (const key of dels) {
    checkKey(key)
    written.add(keyText(key))
  }
  if (written.size < puts.length + dels.length) throw new TypeError('A commit writes a key twice')
}

/** A key as text of one character a byte, for maps. */
export function keyText(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')
}

function checkKey(key: Uint8Array): void {
  if (key.length > STORE_LIMITS.keyBytes) throw tooMuch('a key is too long')
}

function tooMuch(detail: string): KmipFault {
  return new KmipFault(
    'SERVER_LIMIT',
    'The request changes more than the server can store at once',
    {
      detail,
    },
  )
}
