import { defineCommand } from '../define-command.ts'
import { openingOptions, withAccess } from '../opening.ts'
import { dataOption, jsonOption, textOption } from '../option.ts'
import { print, printJson } from '../output.ts'

/** `kmipd store accept` */
export const storeAcceptCommand = defineCommand({
  command: 'accept',
  describe: 'Take a store as it is: write its anchors anew, after a restore or for a new --anchor',
  options: {
    data: dataOption,
    anchor: textOption('anchor', 'file elsewhere that the head of the store is kept in, too'),
    ...openingOptions,
    json: jsonOption,
  },
  example: ['$0 store accept --data ./data', 'after the directory was put back on purpose'],
  async run(options) {
    const { openDataDirectory } = await import('../../adapter/data-directory.ts')
    const { SILENT } = await import('../admin-session.ts')
    const { openCore } = await import('../core.ts')
    const { CommandFailure } = await import('../failure.ts')
    const directory = await openDataDirectory(options.data)
    const { anchor } = options
    const core = await withAccess(options, async (access) =>
      openCore(directory, { ...access, log: SILENT, anchor, isUnproved: true }),
    )
    try {
      const damage = await core.store.inspect()
      if (damage !== undefined) {
        throw new CommandFailure(damage, { hint: 'a damaged store is not accepted' })
      }
      const problem = await core.anchors.problem()
      await core.anchors.write()
      if (options.json) printJson({ data: directory.path, problem })
      else print(`accepted: ${problem ?? 'the anchors said so already'}`)
    } finally {
      await core.close()
    }
  },
})
