import { backupOpeningOptions } from '../backup-opening.ts'
import { defineCommand } from '../define-command.ts'
import { wrongUsage } from '../failure.ts'
import { newRootOptions, refuseNewRoot } from '../new-root.ts'
import { choiceOption, dataOption, jsonOption, textOption } from '../option.ts'

/** `kmipd backup restore` */
export const backupRestoreCommand = defineCommand({
  command: 'restore <file>',
  describe: 'Make a data directory of a backup, wholly or not at all',
  positionals: { file: { type: 'string', describe: 'the backup' } },
  options: {
    data: { ...dataOption, describe: 'data directory to make; empty, or not there' },
    'dry-run': {
      type: 'boolean',
      default: false,
      describe: 'read all of the backup and say what would be restored',
    },
    since: textOption('since', 'old data directory: say what was destroyed in it since the backup'),
    'since-backup': textOption('since-backup', 'later backup to say that of'),
    'destroy-again': {
      type: 'boolean',
      default: false,
      describe: 'destroy these objects in the restored store, too',
    },
    scratch: textOption('scratch', 'directory to unpack a later backup in [default: temporary]'),
    root: choiceOption(
      'root',
      'what opens the store from then on: same, file, passphrase or pkcs11 [default: same]',
      ['same', 'file', 'passphrase', 'pkcs11'],
    ),
    ...newRootOptions,
    ...backupOpeningOptions,
    json: jsonOption,
  },
  example: [
    '$0 backup restore monday.kmbk --data ./data --root-file ./root.key',
    'a store whose root of trust is a file',
  ],
  async run(options, { file = '' }) {
    const { root = 'same', share } = options
    if (share !== undefined && root === 'same' && !options['dry-run']) {
      throw wrongUsage('shares bring no root of trust: say with --root what opens the store')
    }
    if (root === 'same') refuseNewRoot(options)
    const { since, 'since-backup': sinceBackup } = options
    if (since !== undefined && sinceBackup !== undefined) {
      throw wrongUsage('give one of --since and --since-backup')
    }
    if (options['destroy-again'] && since === undefined && sinceBackup === undefined) {
      throw wrongUsage('--destroy-again needs --since or --since-backup')
    }
    const { runRestore } = await import('../restore-command.ts')
    await runRestore(file, options, root)
  },
})
