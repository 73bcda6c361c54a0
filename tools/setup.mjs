import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { ROOT, run } from './run.mjs'

const BUILD_STAMP = join(ROOT, 'dist', '.stamp')

/** Installs the packages of the lock file unless exactly those are there. Gives the exit code. */
export async function install() {
  if (isInstalled()) return 0
  console.log('installing the packages of package-lock.json')
  const { command, args } = npm()
  return run(command, [...args, 'ci'], { env: headersOfNode() })
}

/** Compiles src to dist unless nothing changed since it was last done. Gives the exit code. */
export async function build() {
  const fingerprint = fingerprintOfSources()
  if (existsSync(BUILD_STAMP) && readFileSync(BUILD_STAMP, 'utf8') === fingerprint) return 0
  console.log('compiling src to dist')
  const code = await run(process.execPath, ['node_modules/typescript/bin/tsc', '-b'])
  if (code !== 0) return code
  removeOrphans()
  writeFileSync(BUILD_STAMP, fingerprint)
  return 0
}

/** npm's own record of what it installed is compared with the lock file, so an installation by hand counts too. */
function isInstalled() {
  const record = join(ROOT, 'node_modules', '.package-lock.json')
  if (!existsSync(record)) return false
  const wanted = packagesOf(join(ROOT, 'package-lock.json'))
  const present = packagesOf(record)
  return (
    Object.keys(present).every((path) => path in wanted) &&
    Object.entries(wanted).every(([path, entry]) => {
      // What is optional may be missing: it is for another platform, or could not be built here.
      if (!(path in present)) return isOptional(entry)
      return present[path].version === entry.version && present[path].integrity === entry.integrity
    })
  )
}

function packagesOf(lockFile) {
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'))
  return Object.fromEntries(Object.entries(packages).filter(([path]) => path !== ''))
}

function isOptional({ optional = false, devOptional = false }) {
  return optional || devOptional
}

function npm() {
  const { npm_execpath: script = '' } = process.env
  if (basename(script) === 'npm-cli.js') return { command: process.execPath, args: [script] }
  return { command: 'npm', args: [] }
}

/**
 * Native packages are compiled against Node's headers, which node-gyp would fetch from the network. Where the running
 * Node brought its own and nothing else is configured, those are used.
 */
function headersOfNode() {
  const prefix = dirname(dirname(process.execPath))
  if (!existsSync(join(prefix, 'include', 'node', 'node_api.h'))) return {}
  const { command, args } = npm()
  const asked = spawnSync(command, [...args, 'config', 'get', 'nodedir'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  const configured = asked.stdout?.trim() ?? ''
  return ['', 'undefined', 'null'].includes(configured) ? { npm_config_nodedir: prefix } : {}
}

function fingerprintOfSources() {
  const hash = createHash('sha256')
  const settings = ['package-lock.json', 'tsconfig.base.json', 'tsconfig.json']
  const sources = filesUnder('src').filter((path) => path.endsWith('.ts'))
  for (const path of [...settings, ...sources.sort()]) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(ROOT, path)))
      .update('\0')
  }
  return hash.digest('hex')
}

function filesUnder(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath ?? entry.path, entry.name)))
}

/** The compiler leaves behind what it made of sources that are gone. */
function removeOrphans() {
  for (const path of filesUnder('dist')) {
    const stem = /^dist\/(.+?)(\.d\.ts|\.js\.map|\.js)$/.exec(path)?.[1]
    if (stem !== undefined && !existsSync(join(ROOT, 'src', `${stem}.ts`))) {
      rmSync(join(ROOT, path))
    }
  }
}
