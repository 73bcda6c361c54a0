import type { Stats } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import { KmipFault } from '../../fault/fault.ts'

/** Whoever may write one of these has the PIN and the keys. */
const WRITABLE_BY_OTHERS = 0o022

const ROOT = 0

/**
 * The module behind its links, for whatever has a say over it is a part of this program. Throws `UNAVAILABLE` when it is
 * not a file, or when others than the administrator and who runs this may change it or put another one in its place.
 */
export async function checkedModule(module: string): Promise<string> {
  const found = await pathOf(module)
  const [file, folder] = await Promise.all([stat(found), stat(dirname(found))])
  if (!file.isFile()) throw refusal(`The PKCS#11 module ${module} is not a file`)
  if ((file.mode & WRITABLE_BY_OTHERS) !== 0) {
    throw refusal(`Others may write the PKCS#11 module ${module}: chmod go-w it`)
  }
  if ((folder.mode & WRITABLE_BY_OTHERS) !== 0) {
    throw refusal(`Others may replace the PKCS#11 module ${module}: chmod go-w its directory`)
  }
  if (![file, folder].every(isTrusted)) {
    throw refusal(`The PKCS#11 module ${module} is another user's: chown root it and its directory`)
  }
  return found
}

/** The owner of a file, or of a directory, may always come to write it. */
function isTrusted({ uid }: Stats): boolean {
  return uid === ROOT || uid === ownUser()
}

/** Undefined for a user without a name, as in containers: what it loads is the administrator's. */
function ownUser(): number | undefined {
  try {
    return userInfo().uid
  } catch {
    return undefined
  }
}

async function pathOf(module: string): Promise<string> {
  try {
    return await realpath(module)
  } catch (cause) {
    throw new KmipFault('UNAVAILABLE', `The PKCS#11 module ${module} cannot be found`, { cause })
  }
}

function refusal(message: string): KmipFault {
  return new KmipFault('UNAVAILABLE', message)
}
