import eslint from '@eslint/js'
import tsdoc from 'eslint-plugin-tsdoc'
import tseslint from 'typescript-eslint'
import { ASSERTERS, BUFFER_USERS, CLOCK_OWNERS, CORE, LAYERS } from './tools/layers.mjs'

/** The source files of all folders but these. */
const except = (owners) =>
  LAYERS.filter((layer) => !owners.includes(layer)).map((layer) => `src/${layer}/**/*.ts`)

const ENUM = {
  selector: 'TSEnumDeclaration',
  message: 'Use defineEnum or a union of literals: an enum is not erasable.',
}
const DEFAULT_EXPORT = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: one thing has one name everywhere.',
}
const CLOCK = [
  {
    selector: 'CallExpression[callee.object.name="Date"][callee.property.name="now"]',
    message: 'Take the time from the Clock port.',
  },
  {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'Take the time from the Clock port.',
  },
  {
    selector: 'CallExpression[callee.name="Date"]',
    message: 'Take the time from the Clock port.',
  },
  {
    selector: 'MemberExpression[object.name="Math"][property.name="random"]',
    message: 'Take randomness from the Random port.',
  },
]
const BARE_ERROR = {
  selector: ':matches(NewExpression, CallExpression)[callee.name="Error"]',
  message: 'Throw a KmipFault: callers branch on its code.',
}
const PROCESS = { name: 'process', message: 'Only cli/ knows the process; pass values down.' }
const BUFFER = { name: 'Buffer', message: 'Use Uint8Array here.' }
const PROCESS_MODULES = ['process', 'node:process']
const BUFFER_MODULES = ['buffer', 'node:buffer']
const DIALECTS = {
  regex: '(^|/)v[12]/',
  message: 'Only message/ knows the dialects.',
}

/** Bans of one folder of src. ESLint replaces a rule's options, so each folder gets its whole list at once. */
function bansOf(layer) {
  const syntax = [ENUM, DEFAULT_EXPORT]
  if (!CLOCK_OWNERS.includes(layer)) syntax.push(...CLOCK)
  if (CORE.includes(layer)) syntax.push(BARE_ERROR)
  const globals = []
  const modules = []
  if (layer !== 'cli') {
    globals.push(PROCESS)
    modules.push(...PROCESS_MODULES)
  }
  if (!BUFFER_USERS.includes(layer)) {
    globals.push(BUFFER)
    modules.push(...BUFFER_MODULES)
  }
  const patterns = modules.length === 0 ? [] : [{ group: modules, message: 'Not in this folder.' }]
  if (layer !== 'message') patterns.push(DIALECTS)
  return {
    files: [`src/${layer}/**/*.ts`],
    rules: {
      'no-restricted-syntax': ['error', ...syntax],
      ...(globals.length === 0 ? {} : { 'no-restricted-globals': ['error', ...globals] }),
      '@typescript-eslint/no-restricted-imports': ['error', { patterns }],
    },
  }
}

const safety = {
  '@typescript-eslint/switch-exhaustiveness-check': 'error',
  '@typescript-eslint/strict-boolean-expressions': 'error',
  '@typescript-eslint/promise-function-async': 'error',
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  eqeqeq: 'error',
  'no-param-reassign': 'error',
  'no-console': 'error',
  'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'] }],
}

const shape = {
  complexity: ['error', 12],
  'max-lines': ['error', 300],
  'max-lines-per-function': ['error', 60],
  'max-params': ['error', 4],
  '@typescript-eslint/prefer-readonly': 'error',
  '@typescript-eslint/explicit-module-boundary-types': 'error',
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/consistent-type-exports': 'error',
  // An interface that only extends an inferred type gives it a name in errors and hovers.
  '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
}

export default tseslint.config(
  { ignores: ['.cache/', 'coverage/', 'data/', 'dist/', 'node_modules/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,mjs}'],
    extends: [
      eslint.configs.recommended,
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
    ],
    plugins: { tsdoc },
    languageOptions: {
      parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      ...safety,
      ...shape,
      'tsdoc/syntax': 'error',
      'no-restricted-syntax': ['error', ENUM, DEFAULT_EXPORT],
    },
  },
  ...LAYERS.map(bansOf),
  {
    // `as const` stays allowed: it asserts nothing.
    files: except(ASSERTERS),
    rules: {
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
    },
  },
  // Tables are as long as the standard, or the number of algorithms, makes them.
  {
    files: ['src/spec/**/*.ts', 'src/adapter/self-test/*-answers.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    files: ['test/**/*.ts', 'conformance/**/*.ts', 'bench/**/*.ts'],
    rules: {
      // A describe block is a list of short functions, not a long one; a table of cases may be long.
      'max-lines-per-function': 'off',
      'max-lines': ['error', 500],
      // Test code hands over literals that the compiler already checks against what they are tested on.
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      // Reports of long runs are printed for people.
      'no-console': 'off',
    },
  },
  {
    files: ['tools/**/*.mjs', '.dependency-cruiser.mjs'],
    // Plain scripts have no types to check.
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: {
        Buffer: 'readonly',
        clearTimeout: 'readonly',
        console: 'readonly',
        process: 'readonly',
        setTimeout: 'readonly',
        URL: 'readonly',
      },
    },
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      'tsdoc/syntax': 'off',
      'no-console': 'off',
    },
  },
  // These programs read their configuration from a default export.
  {
    files: ['vitest.config.ts', '.dependency-cruiser.mjs'],
    rules: { 'no-restricted-syntax': 'off' },
  },
)
