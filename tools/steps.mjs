import { join } from 'node:path'
import { ROOT, run } from './run.mjs'
import { build, install } from './setup.mjs'

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {boolean} [setUp] nothing after it makes sense when it fails
 * @property {boolean} [counts] it runs vitest and writes the results to the file it is given
 * @property {(results: string) => Promise<number>} perform gives an exit code
 */

/**
 * What `npm test` does, in this order. Whoever adds a kind of check adds one row.
 *
 * @type {readonly Step[]}
 */
export const STEPS = Object.freeze([
  { name: 'install', setUp: true, perform: install },
  { name: 'build', setUp: true, perform: build },
  node('lint', 'eslint/bin/eslint.js', '--max-warnings=0', '.'),
  node('format', 'prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  node('types', 'typescript/bin/tsc', '-p', 'tsconfig.test.json'),
  node('unused', 'knip/bin/knip.js'),
  node(
    'dependencies',
    'dependency-cruiser/bin/dependency-cruise.mjs',
    '--config=.dependency-cruiser.mjs',
    'src',
  ),
  node('package', 'publint/src/cli.js', '--strict'),
  vitest('tests'),
])

/** A step that runs a program of an installed package, warnings counting as failures where it can tell them apart. */
function node(name, program, ...args) {
  const script = join(ROOT, 'node_modules', program)
  return { name, perform: async () => run(process.execPath, [script, ...args]) }
}

/** A step that runs vitest over the test files that the arguments name, all when there are none. */
function vitest(name, ...args) {
  const script = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json']
  return {
    name,
    counts: true,
    perform: async (results) =>
      run(process.execPath, [script, 'run', ...args, ...reporters, `--outputFile.json=${results}`]),
  }
}
