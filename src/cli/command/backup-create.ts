import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { wrongUsage } from '../failure.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption, textOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { formatDate, print, printFields, printJson, warn } from '../output.ts'
import { sharesOption } from '../shares-option.ts'

/** `kmipd backup create` */
export const backupCreateCommand = defineCommand({
  command: 'create <file>',
  describe: 'Back up a store as it is at one moment, beside a running server or without one',
  positionals: { file: { type: 'string', describe: 'file to write; it must not be there' } },
  options: {
    ...placeOptions,
    shares: sharesOption,
    'shares-dir': textOption(
      'shares-dir',
      'directory for one file for each share; without it they are shown on the terminal',
    ),
    ...approvalOptions,
    ...openingOptions,
    json: jsonOption,
  },
  example: [
    '$0 backup create monday.kmbk --data ./data --shares 3/5 --shares-dir ./shares',
    'a backup that the root of trust opens, and any three of five people without it',
  ],
  async run(options, { file = '' }) {
    const { shares, 'shares-dir': sharesDirectory, json } = options
    if (shares === undefined && sharesDirectory !== undefined) {
      throw wrongUsage('--shares-dir is of no use without --shares')
    }
    const isTerminal = process.stdin.isTTY && process.stdout.isTTY && !json
    if (shares !== undefined && sharesDirectory === undefined && !isTerminal) {
      throw wrongUsage('--shares needs --shares-dir where there is no terminal to show them on')
    }
    const { createBackupFile } = await import('../backup-creation.ts')
    const made = await createBackupFile(options, { file, shares, sharesDirectory })
    if (made.root === 'file' && shares === undefined) {
      warn(
        'only the root.key of this store opens the backup, and it is not in it: keep it elsewhere',
      )
    }
    if (json) {
      printJson(made)
      return
    }
    print(`wrote the backup ${made.file}`)
    printFields([
      ['identifier', made.id],
      ['as of', formatDate(made.time)],
      ['entries', String(made.entries)],
      ['bytes', String(made.bytes)],
      ['opened by', made.root],
      ...made.shares.map((path): [string, string] => ['share', path]),
    ])
  },
})
