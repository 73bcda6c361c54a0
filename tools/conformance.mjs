// Compiles the conformance runner when its sources have changed, then plays the cases; see docs/conformance.md.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
const path = (name) => fileURLToPath(new URL(name, root))

const compiler = [path('node_modules/typescript/bin/tsc'), '-b', path('conformance/tsconfig.json')]
const { status } = spawnSync(process.execPath, compiler, { stdio: 'inherit' })
if (status !== 0) process.exit(1)

const { main } = await import(new URL('.cache/conformance/conformance/runner/main.js', root).href)
process.exitCode = await main(process.argv.slice(2), new URL('conformance/', root))
