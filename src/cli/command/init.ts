import { defineCommand } from '../define-command.ts'
import { openingOptions, withAccess } from '../opening.ts'
import { dataOption, hostNamesOption, jsonOption } from '../option.ts'
import { print, printFields, printJson, warn } from '../output.ts'
import { planRoot, rootOptions } from '../root-request.ts'

const OPENERS = {
  file: 'root.key',
  passphrase: 'the passphrase',
  pkcs11: 'a key in the token',
} as const

/** `kmipd init` */
export const initCommand = defineCommand({
  command: 'init',
  describe: 'Make a data directory: a store, its keys, an authority and a server certificate',
  options: {
    data: { ...dataOption, describe: 'data directory to make' },
    hostname: hostNamesOption,
    ...rootOptions,
    ...openingOptions,
    json: jsonOption,
  },
  example: ['$0 init --data ./data --hostname kms.example', 'a server known by that name'],
  async run(options) {
    const { data, hostname = [], json } = options
    const { initialize } = await import('../initialize.ts')
    const { openDataDirectory, pathIn } = await import('../../adapter/data-directory.ts')
    const { fingerprintOf } = await import('../../adapter/certificate-file.ts')
    const { readCertificate } = await import('../../adapter/certificate-read.ts')
    const { SILENT } = await import('../admin-session.ts')
    const requestOf = planRoot(options)
    const made = await withAccess(options, async (access) =>
      initialize(data, { root: requestOf(access), hosts: hostname, log: SILENT }),
    )
    const directory = await openDataDirectory(data)
    const authority = pathIn(directory, 'authority')
    if (directory.root.kind === 'file') {
      const file = pathIn(directory, 'rootKey')
      warn(`every key is only as safe as the file ${file}: whoever reads it reads the store`)
    }
    const summary = {
      data: directory.path,
      root: directory.root.kind,
      authority,
      authorityFingerprint: fingerprintOf(made.authority),
      server: pathIn(directory, 'server'),
      names: readCertificate(made.server).names,
    }
    if (json) {
      printJson(summary)
      return
    }
    print(`made the data directory ${summary.data}`)
    printFields([
      ['opened by', OPENERS[summary.root]],
      ['authority', authority],
      ['SHA-256', summary.authorityFingerprint],
      ['server names', summary.names],
    ])
  },
})
