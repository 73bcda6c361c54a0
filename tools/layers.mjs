/**
 * The folders of src, innermost first: a folder imports only from itself and from those before it. The linter, the
 * dependency check and the architecture test all read this one list.
 */
export const LAYERS = Object.freeze([
  'secret',
  'fault',
  'ttlv',
  'schema',
  'spec',
  'model',
  'message',
  'port',
  'repository',
  'operation',
  'server',
  'adapter',
  'config',
  'admin',
  'client',
  'cli',
])

/** Folders in which every error thrown on purpose is a `KmipFault`. */
export const CORE = Object.freeze(LAYERS.slice(0, LAYERS.indexOf('adapter')))

/** Folders that may ask the machine for the time, randomness or bytes in Node's own form. */
export const BUFFER_USERS = Object.freeze(['ttlv', 'adapter', 'admin', 'server', 'cli'])
export const CLOCK_OWNERS = Object.freeze(['adapter', 'cli'])

/** Folders that may assert a type: where wire values meet inferred types. */
export const ASSERTERS = Object.freeze(['ttlv', 'schema'])

/** Who may import a package or a module of Node; every other folder of src must not. */
export const PACKAGE_OWNERS = Object.freeze({
  yargs: ['cli'],
  level: ['adapter'],
  pkcs11js: ['adapter'],
  pino: ['adapter'],
  fastify: ['adapter', 'admin'],
  'node:tls': ['server', 'adapter', 'admin', 'client', 'cli'],
})
