import { backupOpeningOptions } from '../backup-opening.ts'
import { defineCommand } from '../define-command.ts'
import { wrongUsage } from '../failure.ts'
import { newPassphraseOptions } from '../new-root.ts'
import { dataOption, jsonOption, textOption } from '../option.ts'

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
    root: textOption(
      'root',
      'what opens the store from then on: same, file or passphrase [default: same]',
    ),
    ...newPassphraseOptions,
    ...backupOpeningOptions,
    json: jsonOption,
  },
  example: [
    '$0 backup restore monday.kmbk --data ./data --root-key ./root.key',
    'a store whose root of trust is a file',
  ],
  async run(options, { file = '' }) {
    const { root = 'same', share } = options
    if (share !== undefined && root === 'same' && !options['dry-run']) {
      throw wrongUsage('shares bring no root of trust: say with --root what opens the store')
    }
    const { runRestore } = await import('../restore-command.ts')
    await runRestore(file, options, root)
  },
})
