import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TokenSettings } from '../../../src/adapter/pkcs11/connection.ts'
import { readPin } from '../../../src/adapter/secret-source.ts'

const PLACES = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
]
const MODULE = PLACES.find((path) => existsSync(path))

/** Why there is no token to test with; undefined where there is one. */
export const NO_SOFTHSM = reason()

function reason(): string | undefined {
  const how = 'tests of the PKCS#11 token are left out:'
  if (MODULE === undefined) return `${how} install SoftHSM 2 (apt-get install softhsm2)`
  try {
    createRequire(import.meta.url)('pkcs11js')
    return undefined
  } catch {
    return `${how} pkcs11js was not compiled (npm rebuild pkcs11js)`
  }
}

if (NO_SOFTHSM !== undefined) console.warn(NO_SOFTHSM)

export const PIN = '648219'
export const LABEL = 'kmipd test'

/** A token of its own in a directory of its own. */
export interface SoftHsm {
  readonly settings: TokenSettings
  readonly pinFile: string
  readonly environment: Readonly<Record<string, string>>
  readonly remove: () => void
}

export function createSoftHsm(): SoftHsm {
  const directory = mkdtempSync(join(tmpdir(), 'kmipd-softhsm-'))
  const tokens = join(directory, 'tokens')
  const conf = join(directory, 'softhsm2.conf')
  const pinFile = join(directory, 'pin')
  mkdirSync(tokens)
  writeFileSync(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\n`)
  writeFileSync(pinFile, `${PIN}\n`, { mode: 0o600 })
  const environment = { SOFTHSM2_CONF: conf }
  execFileSync(
    'softhsm2-util',
    ['--init-token', '--free', '--label', LABEL, '--so-pin', '87654321', '--pin', PIN],
    { env: { ...process.env, ...environment }, stdio: 'ignore' },
  )
  return {
    environment,
    pinFile,
    settings: {
      module: MODULE ?? '',
      label: LABEL,
      pin: async () => readPin({ kind: 'file', path: pinFile }),
      sessions: 4,
      deadlineMs: 3_000,
    },
    remove() {
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
