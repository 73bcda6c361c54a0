import { defineCommand } from '../define-command.ts'
import { dataOption, jsonOption, passphraseFileOption } from '../option.ts'
import { print, printJson, printTable } from '../output.ts'

/** `kmipd store verify` */
export const storeVerifyCommand = defineCommand({
  command: 'verify',
  describe: 'Read and open everything in the store, and say what is not as it was written',
  options: { data: dataOption, 'passphrase-file': passphraseFileOption, json: jsonOption },
  example: ['$0 store verify --data ./data', 'beside a running server, or without one'],
  async run(options) {
    const { data, 'passphrase-file': passphraseFile, json } = options
    const { withAdmin } = await import('../admin-session.ts')
    const { CommandFailure } = await import('../failure.ts')
    const session = { data, 'passphrase-file': passphraseFile, isUnproved: true }
    const report = await withAdmin(session, async (admin) => admin['store.verify']({}))
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
