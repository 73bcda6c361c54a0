import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { KmipFault } from '../../fault/fault.ts'

/** Whoever may write one of these has the PIN and the keys. */
const WRITABLE_BY_OTHERS = 0o022

/**
 * The module behind its links, for whatever has a say over it is a part of this program. Throws `UNAVAILABLE` when it is
 * not a file, or when others than its owner may change it or put another one in its place.
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
  return found
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
