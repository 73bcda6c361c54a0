import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const beside = fileURLToPath(new URL('../../shared/vectors', import.meta.url))
const folder = resolve(process.env['KMIPD_VECTORS'] ?? beside)

/** Folder of the official test cases, beside the repository or where KMIPD_VECTORS says; undefined without them. */
export const VECTORS = existsSync(folder) ? folder : undefined

/** One line that nobody overlooks, for a run without them. */
export function warnOfMissingVectors(): void {
  console.warn(
    `\n*** NO OFFICIAL TEST CASES at ${folder}: their conformance tests are SKIPPED. Set KMIPD_VECTORS to their folder. ***\n`,
  )
}
