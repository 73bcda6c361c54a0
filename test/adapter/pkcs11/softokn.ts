import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TokenPlace } from '../../../src/adapter/root-pkcs11/parameters.ts'
import { PIN } from './softhsm.ts'

const PLACES = [
  '/usr/lib/x86_64-linux-gnu/libsoftokn3.so',
  '/usr/lib/aarch64-linux-gnu/libsoftokn3.so',
  '/usr/lib64/libsoftokn3.so',
]
const MODULE = PLACES.find((path) => existsSync(path))

/** Why there is no token of NSS to test with; undefined where there is one. */
export const NO_SOFTOKN = reason()

function reason(): string | undefined {
  const how = 'tests of the token of NSS are left out:'
  if (MODULE === undefined) return `${how} install it (apt-get install libnss3)`
  try {
    createRequire(import.meta.url)('pkcs11js')
    return undefined
  } catch {
    return `${how} pkcs11js was not compiled (npm rebuild pkcs11js)`
  }
}

if (NO_SOFTOKN !== undefined) console.warn(NO_SOFTOKN)

/** A token that was made for a test. */
export interface TestToken {
  readonly place: TokenPlace
  readonly environment: Readonly<Record<string, string>>
  readonly pinFile: string
  readonly remove: () => void
}

/** A database of NSS in a directory of its own. */
export function createSoftokn(): TestToken {
  const directory = mkdtempSync(join(tmpdir(), 'kmipd-softokn-'))
  const pinFile = join(directory, 'pin')
  writeFileSync(pinFile, `${PIN}\n`, { mode: 0o600 })
  const moduleParameters = `configdir='sql:${directory}' certPrefix='' keyPrefix='' secmod='secmod.db' flags=`
  execFileSync(process.execPath, ['-e', SET_PIN, MODULE ?? '', moduleParameters, PIN], {
    cwd: import.meta.dirname,
  })
  return {
    place: { module: MODULE ?? '', moduleParameters, label: 'NSS Certificate DB' },
    environment: {},
    pinFile,
    remove() {
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** A new database has no PIN, and lets anybody be its security officer. */
const SET_PIN = `
const { PKCS11 } = require('pkcs11js')
const [, module, libraryParameters, pin] = process.argv
const library = new PKCS11()
library.load(module)
library.C_Initialize({ libraryParameters, flags: 2 })
const slot = library.C_GetSlotList(true)[1]
const session = library.C_OpenSession(slot, 6)
library.C_Login(session, 0, '')
library.C_InitPIN(session, pin)
library.C_Logout(session)
`
