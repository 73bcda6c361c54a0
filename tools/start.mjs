import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { exitOf, ROOT, run } from './run.mjs'
import { build, install } from './setup.mjs'

/**
 * From a fresh checkout to a serving key manager: installs, builds, makes a data directory with a demo client, and
 * serves in the foreground. Arguments go to `kmipd serve`; `--data` and `--passphrase-file` hold for the set-up too.
 */
const PROGRAM = 'dist/cli/kmipd.js'
const given = process.argv.slice(2)
const { values } = parseArgs({
  args: given,
  strict: false,
  options: { data: { type: 'string' }, 'passphrase-file': { type: 'string' } },
})
const data = typeof values.data === 'string' ? values.data : './data'
const shared = ['--data', data]
const passphrase = values['passphrase-file']
if (typeof passphrase === 'string') shared.push('--passphrase-file', passphrase)

process.exitCode = await inTurn([install, build, makeData, serve])

/** Runs the steps up to the first that fails. */
async function inTurn(steps) {
  for (const step of steps) {
    const code = await step()
    if (code !== 0) return code
  }
  return 0
}

async function makeData() {
  if (existsSync(resolve(ROOT, data))) return 0
  const addDemo = [PROGRAM, 'client', 'add', 'demo', ...shared, '--out', `${data}/demo`]
  const code = await run(process.execPath, [PROGRAM, 'init', ...shared])
  if (code !== 0) return code
  const added = await run(process.execPath, addDemo)
  if (added !== 0) console.error(`no demo client; once that is mended: node ${addDemo.join(' ')}`)
  return added
}

async function serve() {
  const own = values.data === undefined ? shared : []
  const server = spawn(process.execPath, [PROGRAM, 'serve', ...own, ...given], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    // A session of its own, so that Ctrl-C in a terminal reaches it once, through this process.
    detached: true,
  })
  forwardSignals(server)
  followParent(server)
  relay(server)
  return exitOf(server)
}

/** A terminal and npm may both pass on one keystroke: a signal that comes again within a second is the same one. */
function forwardSignals(server) {
  const recent = new Set()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (recent.has(signal)) return
      recent.add(signal)
      setTimeout(() => recent.delete(signal), 1000).unref()
      server.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
    })
  }
}

/** npm ends without passing a signal on when it is told to through a shell: whoever started us is gone, so stop. */
function followParent(server) {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    server.kill('SIGTERM')
  }, 500)
  watch.unref()
}

/** Passes on what the server prints, and says what to try once it accepts connections. */
function relay(server) {
  let pending = ''
  server.stdout.setEncoding('utf8')
  server.stdout.on('data', (text) => {
    process.stdout.write(text)
    if (pending === undefined) return
    pending += text
    if (/listening[^\n]*\n/.test(pending)) {
      pending = undefined
      console.log(welcome())
    }
  })
}

function welcome() {
  const demo = `  certificates   ${data}/demo/  (demo.crt, demo.key, and ca.crt to know the server by)`
  return [
    '',
    existsSync(resolve(ROOT, data, 'demo'))
      ? demo
      : `  no demo client yet   node ${PROGRAM} client add demo ${shared.join(' ')} --out ${data}/demo`,
    `  try            node ${PROGRAM} object list ${shared.join(' ')}`,
    '  stop           Ctrl-C',
    '',
  ].join('\n')
}
