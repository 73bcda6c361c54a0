import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { print, printJson, printTable } from '../output.ts'

/** `kmipd store verify` */
export const storeVerifyCommand = defineCommand({
  command: 'verify',
  describe: 'Read and open everything in the store, and say what is not as it was written',
  options: { ...placeOptions, ...openingOptions, json: jsonOption },
  example: ['$0 store verify --data ./data', 'beside a running server, or without one'],
  async run(options) {
    const { json } = options
    const { withAdmin } = await import('../admin-session.ts')
    const { CommandFailure } = await import('../failure.ts')
    const report = await withAdmin({ ...options, isUnproved: true }, async (admin) =>
      admin['store.verify']({}),
    )
    const { objects, clients, entries, findings } = report
    if (json) printJson(report)
    else if (findings.length > 0) {
      printTable(
        ['where', 'problem'],
        findings.map(({ where, problem }) => [where, problem]),
      )
    } else print(`${objects} objects, ${clients} clients, ${entries} entries: all as written`)
    if (findings.length > 0) throw new CommandFailure('the store is damaged')
  },
})
