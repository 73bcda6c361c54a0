import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Makes a data directory and clients that protect nothing, by the built program. */
const PROGRAM = fileURLToPath(new URL('../dist/cli/kmipd.js', import.meta.url))
const [folder, ...names] = process.argv.slice(2)

process.exitCode = make()

function make() {
  if (folder === undefined || names.length === 0) {
    process.stderr.write('usage: node certs/make.mjs DIR CLIENT...\n')
    return 2
  }
  if (!existsSync(PROGRAM)) {
    process.stderr.write(`${PROGRAM} is missing: run npm run build\n`)
    return 1
  }
  const data = join(folder, 'data')
  const steps = [
    ['init', '--data', data],
    ...names.map((name) => {
      return ['client', 'add', name, '--data', data, '--out', join(folder, 'clients')]
    }),
  ]
  for (const step of steps) {
    const { status } = spawnSync(process.execPath, [PROGRAM, ...step], { stdio: 'inherit' })
    if (status !== 0) return status ?? 1
  }
  return 0
}
