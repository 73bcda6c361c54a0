// Builds the program and compiles the benchmarks when their sources have changed, then runs them and writes the report.
import { spawnSync } from 'node:child_process'
import { existsSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from './setup.mjs'

const root = new URL('../', import.meta.url)
const path = (name) => fileURLToPath(new URL(name, root))

if ((await build()) !== 0) process.exit(1)
const compiler = [path('node_modules/typescript/bin/tsc'), '-b', path('bench/tsconfig.json')]
const { status } = spawnSync(process.execPath, compiler, { stdio: 'inherit' })
if (status !== 0) process.exit(1)

// The compiled benchmarks look for the program beside them, as the tests do.
if (!existsSync(path('.cache/bench/dist'))) symlinkSync(path('dist'), path('.cache/bench/dist'))

const { main } = await import(new URL('.cache/bench/bench/main.js', root).href)
process.exitCode = await main(process.argv.slice(2), new URL('docs/benchmarks.md', root))
