import { backupOpeningOptions } from '../backup-opening.ts'
import { defineCommand } from '../define-command.ts'
import { CommandFailure } from '../failure.ts'
import { jsonOption, textOption } from '../option.ts'
import { formatDate, print, printJson, printTable } from '../output.ts'

/** `kmipd backup verify` */
export const backupVerifyCommand = defineCommand({
  command: 'verify <file>',
  describe: 'Read all of a backup and open everything in it; nothing is restored',
  positionals: { file: { type: 'string', describe: 'the backup' } },
  options: {
    ...backupOpeningOptions,
    scratch: textOption('scratch', 'directory with room for the store [default: temporary files]'),
    json: jsonOption,
  },
  example: [
    '$0 backup verify monday.kmbk --share ./1 --share ./2 --share ./3',
    'with the shares of three people',
  ],
  async run(options, { file = '' }) {
    const { verifyBackup } = await import('../backup-verification.ts')
    const report = await verifyBackup(file, options, options.scratch)
    const { objects, clients, entries, findings } = report
    if (options.json) printJson(report)
    else if (findings.length > 0) {
      printTable(
        ['where', 'problem'],
        findings.map(({ where, problem }) => [where, problem]),
      )
    } else {
      const what = `${objects} objects, ${clients} clients, ${entries} entries`
      print(`${what} as of ${formatDate(report.time)}: all as written`)
    }
    if (findings.length > 0) throw new CommandFailure('the store was damaged when it was backed up')
  },
})
