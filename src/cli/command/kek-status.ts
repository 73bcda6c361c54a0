import { defineCommand } from '../define-command.ts'
import { keyFields, printKeys } from '../key-report.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { printFields, printJson } from '../output.ts'

/** `kmipd kek status` */
export const kekStatusCommand = defineCommand({
  command: 'status',
  describe: 'List the key-encryption keys, and how far a rotation has come',
  options: { ...placeOptions, ...openingOptions, json: jsonOption },
  example: ['$0 kek status --data ./data', 'after kek rotate'],
  async run(options) {
    const { withAdmin } = await import('../admin-session.ts')
    const report = await withAdmin(options, async (admin) => admin['kek.status']({}))
    if (options.json) {
      printJson(report)
      return
    }
    printKeys(report)
    const [, ...progress] = keyFields(report)
    if (progress.length > 0) printFields(progress)
  },
})
