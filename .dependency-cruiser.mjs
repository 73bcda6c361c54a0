import { LAYERS, PACKAGE_OWNERS } from './tools/layers.mjs'

const anyOf = (layers) => `^src/(${layers.join('|')})/`

/** A folder imports only from those before it. */
const order = LAYERS.slice(0, -1).map((layer, index) => ({
  name: `folder-order-${layer}`,
  severity: 'error',
  from: { path: anyOf([layer]) },
  to: { path: anyOf(LAYERS.slice(index + 1)) },
}))

const owners = Object.entries(PACKAGE_OWNERS).map(([name, layers]) => ({
  name: `only-in-${layers.join('-')}-${name.replace(':', '-')}`,
  severity: 'error',
  from: { path: '^src/', pathNot: anyOf(layers) },
  to: { path: `^${name.replace('node:', '(node:)?')}$|^node_modules/${name}/` },
}))

export default {
  forbidden: [
    ...order,
    ...owners,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'known-folders',
      comment: 'A new folder gets its place in tools/layers.mjs first.',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: anyOf(LAYERS) },
    },
    {
      name: 'dialects-stay-inside',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/message/' },
      to: { path: '^src/message/v[12]/' },
    },
    {
      name: 'no-development-packages',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '/@types/' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'src-stands-alone',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|conformance|bench|tools|certs)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types'] },
  },
}
